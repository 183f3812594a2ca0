import type Holidays from 'date-holidays';
import type { CalendarDate } from '../../domain/calendar.js';
import { DAY } from '../../domain/time.js';
import { addDays } from './zone.js';

/** The name of the public holiday on a date, in the country's own language; null on any other day. */
export type HolidayLookup = (code: string, date: CalendarDate) => string | null;

type Year = ReadonlyMap<CalendarDate, string>;

type Listed = ReturnType<Holidays['getHolidays']>;

interface Country {
  readonly holidays: Holidays;
  readonly years: Map<number, Year>;
  /** Unprocessed result of the library per year: each year is needed for two results. */
  readonly listed: Map<number, Listed>;
}

const FORM = /^(?<country>[a-z]{2})(?:-(?<region>[a-z0-9]{1,3}))?$/iu;

/** Lookup for calendars without a country: no date is a holiday. */
export function noHolidays(): null {
  return null;
}

/** True for a country, or a country and region, with known holidays: `FR`, `DE-BY`, in either case. */
export async function isHolidayCode(code: string): Promise<boolean> {
  return (await partsOf(code)) !== undefined;
}

/**
 * Loads the public holidays of countries and regions. The library is large, so it is loaded here and
 * only if there is a code. Rejects with a RangeError for a code that `isHolidayCode` refuses; the
 * lookup throws one for a code that was not loaded here. Only whole days of the type `public` count, with
 * their substitute days. Half days, such as Christmas Eve from 13:00 in Iceland, do not: use a calendar's
 * `special` entry for them.
 */
export async function loadHolidays(codes: readonly string[]): Promise<HolidayLookup> {
  if (codes.length === 0) return noHolidays;
  const countries = new Map<string, Country>();
  for (const code of codes) {
    const parts = await partsOf(code);
    if (!parts) throw new RangeError(`no public holidays are known for: ${code}`);
    const { default: Library } = await import('date-holidays');
    countries.set(code.toUpperCase(), {
      holidays: new Library(
        { country: parts[0], ...(parts[1] ? { state: parts[1] } : {}) },
        { types: ['public'] },
      ),
      years: new Map(),
      listed: new Map(),
    });
  }
  return (code, date) => {
    const country = countries.get(code.toUpperCase());
    if (!country) throw new RangeError(`public holidays were not loaded for: ${code}`);
    return yearOf(country, Number(date.slice(0, 4))).get(date) ?? null;
  };
}

function listedIn({ holidays, listed }: Country, year: number): Listed {
  const known = listed.get(year) ?? holidays.getHolidays(year);
  listed.set(year, known);
  return known;
}

function yearOf(country: Country, year: number): Year {
  const { years } = country;
  const known = years.get(year);
  if (known) return known;
  const named = new Map<CalendarDate, string>();
  // A holiday of several days may begin in the year before.
  for (const { date, start, end, name } of [...listedIn(country, year - 1), ...listedIn(country, year)]) {
    // `date` is the country's local date; `start` is an instant and would be read in the process's zone.
    const first = date.slice(0, 10);
    // A day has 23 to 25 hours; half days are ignored.
    const days = Math.floor((end.getTime() - start.getTime()) / DAY + 0.1);
    for (let day = 0; day < days; day += 1) {
      const each = addDays(first, day);
      if (!named.has(each)) named.set(each, name);
    }
  }
  years.set(year, named);
  return named;
}

/** Country and region in the library's spelling; undefined if unknown. */
async function partsOf(code: string): Promise<readonly [string, string?] | undefined> {
  const { country, region } = FORM.exec(code)?.groups ?? {};
  if (country === undefined) return undefined;
  const { default: Library } = await import('date-holidays');
  // Only this country is touched: the list of all of them would parse the rules of each.
  const name = country.toUpperCase();
  const library = new Library(name);
  if (library.getTimezones().length === 0) return undefined;
  if (region === undefined) return [name];
  const state = spelling(library.getStates(name), region);
  return state === undefined ? undefined : [name, state];
}

function spelling(known: object | undefined, text: string): string | undefined {
  return Object.keys(known ?? {}).find((each) => each.toLowerCase() === text.toLowerCase());
}
