import { type Calendar, type CalendarDate, type Span, WEEKDAYS } from '../domain/calendar.js';
import { DAY } from '../domain/time.js';
import { hoursOn, type HoursSource } from '../engine/calendar/day.js';
import type { HolidayLookup } from '../engine/calendar/holidays.js';
import { addDays, localTime, weekdayOf } from '../engine/calendar/zone.js';
import { Exit } from './exit.js';
import { print, printJson } from './output.js';
import { durationOf } from './parse.js';
import { type CommonOptions, projectOf } from './project.js';

export interface CalendarOptions extends CommonOptions {
  readonly for: string;
}

const MONTHS = /^(?<months>[1-9]\d{0,2})mo$/u;
const MOST_DAYS = 3_660;

interface Day {
  readonly date: CalendarDate;
  readonly hours: readonly string[];
  readonly source: HoursSource;
  /**
   * Public holiday of the date according to the library, regardless of the configuration; null for an
   * ordinary day.
   */
  readonly holiday: string | null;
}

/** `calendar NAME`: lists the dates that differ from the week, with the reason; with --json every date. */
export async function calendar(name: string, options: CalendarOptions): Promise<void> {
  const { config, holidays } = await projectOf(options);
  const found = config.calendars.find((each) => each.name === name);
  if (!found) {
    const known = config.calendars.map((each) => each.name).join(', ');
    throw new Exit(
      1,
      `there is no calendar "${name}"; fix: ${known ? `write one of ${known}` : 'add it to `calendars` of the configuration'}`,
    );
  }
  const from = localTime(found.timezone, Date.now()).date;
  const days = daysOf(found, from, lastDate(from, options.for), holidays);
  if (options.json) days.forEach((day) => printJson({ ...day, weekday: weekdayOf(day.date) }));
  else print([head(found), ...weekOf(found), ...exceptions(days)].join('\n'));
}

/**
 * Lists the next public holidays of a calendar according to the library, each with its hours in the
 * configuration.
 */
export function nextHolidays(
  calendar: Calendar,
  now: number,
  holidays: HolidayLookup,
  count: number,
): readonly string[] {
  if (calendar.holidays === null) return [];
  const from = localTime(calendar.timezone, now).date;
  const days = daysOf(calendar, from, addDays(from, 366), holidays).filter(({ holiday }) => holiday !== null);
  return days.slice(0, count).map(({ date, holiday, source, hours }) => {
    const other = source === 'special' ? ` (special: ${hours.join(' ') || 'closed'})` : '';
    return `${date} ${holiday ?? ''}${other}`;
  });
}

/** The last date of a period: the day before the same date after the given number of months. */
function lastDate(from: CalendarDate, length: string): CalendarDate {
  const { months } = MONTHS.exec(length)?.groups ?? {};
  const days =
    months === undefined
      ? Math.ceil(durationOf('--for', length, '30d, 12mo') / DAY)
      : daysIn(from, Number(months));
  if (days > MOST_DAYS) throw new Exit(1, `--for is "${length}"; fix: write at most ten years, 120mo`);
  return addDays(from, days - 1);
}

function daysIn(from: CalendarDate, months: number): number {
  const [year = 0, month = 1, day = 1] = from.split('-').map(Number);
  return Math.round((Date.UTC(year, month - 1 + months, day) - Date.UTC(year, month - 1, day)) / DAY);
}

function daysOf(
  calendar: Calendar,
  from: CalendarDate,
  to: CalendarDate,
  holidays: HolidayLookup,
): readonly Day[] {
  const days: Day[] = [];
  for (let date = from; date <= to; date = addDays(date, 1)) {
    const { spans, source } = hoursOn(calendar, date, holidays);
    const holiday = calendar.holidays === null ? null : holidays(calendar.holidays, date);
    days.push({ date, hours: spans.map(text), source, holiday });
  }
  return days;
}

function head({ name, timezone, holidays }: Calendar): string {
  const country =
    holidays === null ? 'no public holidays' : `public holidays of ${holidays} by date-holidays`;
  return `${name}: ${timezone}, ${country}`;
}

function weekOf({ open }: Calendar): readonly string[] {
  return WEEKDAYS.map((day) => `  ${day}  ${(open[day] ?? []).map(text).join(' ') || 'closed'}`);
}

function exceptions(days: readonly Day[]): readonly string[] {
  const others = days.filter(({ source, holiday }) => source !== 'week' || holiday !== null);
  const shown = others.map(({ date, hours, source, holiday }) => {
    const why = source === 'holiday' ? '' : source;
    const said = holiday === null ? why : [why, `holiday: ${holiday}`].filter(Boolean).join(', ');
    return `${date} ${weekdayOf(date)}  ${hours.join(' ') || 'closed'}  (${said})`;
  });
  const until = days.at(-1)?.date ?? '';
  return [
    `until ${until}, ${shown.length === 0 ? 'every date follows the week' : 'dates that differ from the week:'}`,
    ...shown,
  ];
}

function text({ from, to }: Span): string {
  const clock = (minute: number) =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  return `${clock(from)}-${clock(to)}`;
}
