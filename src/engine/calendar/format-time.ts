import { DAY, MINUTE, SECOND } from '../../domain/time.js';
import type { Instant } from '../../domain/time.js';
import { WEEKDAYS } from '../../domain/calendar.js';
import { dayNameIn, monthNameIn } from './names.js';
import { localTime, offsetOf } from './zone.js';

/** The language of names if none is given. */
const ENGLISH = 'en-US';

interface Parts {
  readonly at: Instant;
  readonly timezone: string;
  readonly year: number;
  /** Month, 1 to 12. */
  readonly month: number;
  readonly day: number;
  /** Day of the week; 1 is Monday, 7 is Sunday. */
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
  /** Noon of the date in UTC, for names. */
  readonly noon: Instant;
  readonly locale: string;
  /** True if the format has a day of the month. */
  readonly hasDay: boolean;
}

/** Value of a field and, for numbers, its width and fill character. */
type Field = readonly [value: number | string, width?: number, fill?: '0' | ' '];

const FIELDS: Readonly<Record<string, (parts: Parts) => Field>> = {
  a: ({ locale, noon }) => [dayNameIn(locale, noon, 'short')],
  A: ({ locale, noon }) => [dayNameIn(locale, noon, 'long')],
  b: ({ locale, noon, hasDay }) => [monthNameIn(locale, noon, 'short', hasDay)],
  h: ({ locale, noon, hasDay }) => [monthNameIn(locale, noon, 'short', hasDay)],
  B: ({ locale, noon, hasDay }) => [monthNameIn(locale, noon, 'long', hasDay)],
  d: (parts) => [parts.day, 2],
  e: (parts) => [parts.day, 2, ' '],
  H: (parts) => [parts.hour, 2],
  k: (parts) => [parts.hour, 2, ' '],
  I: (parts) => [parts.hour % 12 || 12, 2],
  l: (parts) => [parts.hour % 12 || 12, 2, ' '],
  j: (parts) => [
    (Date.UTC(parts.year, parts.month - 1, parts.day) - Date.UTC(parts.year, 0, 1)) / DAY + 1,
    3,
  ],
  L: (parts) => [((parts.at % SECOND) + SECOND) % SECOND, 3],
  m: (parts) => [parts.month, 2],
  M: (parts) => [parts.minute, 2],
  p: (parts) => [parts.hour < 12 ? 'AM' : 'PM'],
  P: (parts) => [parts.hour < 12 ? 'am' : 'pm'],
  q: (parts) => [ordinal(parts.day)],
  s: (parts) => [Math.floor(parts.at / SECOND)],
  S: (parts) => [((Math.floor(parts.at / SECOND) % 60) + 60) % 60, 2],
  u: (parts) => [parts.weekday],
  w: (parts) => [parts.weekday % 7],
  y: (parts) => [parts.year % 100, 2],
  Y: (parts) => [parts.year, 4],
  Z: (parts) => [parts.timezone],
  t: () => ['\t'],
  n: () => ['\n'],
  '%': () => ['%'],
};

const SHORTHANDS: Readonly<Record<string, string>> = {
  F: '%Y-%m-%d',
  D: '%m/%d/%y',
  R: '%H:%M',
  T: '%H:%M:%S',
  r: '%I:%M:%S %p',
};

const DAY_OF_MONTH = /%[-_0^]*[de]/u;
const DIRECTIVE = /%(?<flags>[-_0^:]*)(?<code>[a-zA-Z%])/gu;

/**
 * Formats an instant in a time zone by a strftime format: `%A %H:%M`. Names of days and months are those of
 * `locale`, English by default.
 * Flags: `-` no padding, `_` padded with spaces, `0` with zeros, `^` in capitals, `:` a colon in `%z`. An
 * unknown directive is kept as it is. The result does not depend on the zone and language of the process.
 * Throws a RangeError for an unknown zone.
 * WARNING: LiquidJS's own `date` (10.30.1) gives the same for all our test vectors under TZ=UTC, but it
 * implements zones by shifting a Date of the process's zone: within hours of a clock change of *that* zone it
 * is an hour off (TZ=America/New_York: 52 of 576 half hours of the four days of change in 2026). It also
 * takes seven times as long.
 */
export function formatTime(timezone: string, at: Instant, format: string, locale = ENGLISH): string {
  const parts = { ...partsOf(timezone, at), locale, hasDay: DAY_OF_MONTH.test(format) };
  const whole = format.replace(/%(?<code>[FDRTr%])/gu, (text, code: string) => SHORTHANDS[code] ?? text);
  return whole.replace(DIRECTIVE, (text, flags: string, code: string) => {
    if (code === 'z') return offsetText(timezone, at, flags.includes(':'));
    const field = FIELDS[code]?.(parts);
    return field ? filled(field, flags) : text;
  });
}

/** The unknown directives of a format as written: `%V`. They would be sent literally. */
export function unknownDirectives(format: string): readonly string[] {
  return [...format.matchAll(DIRECTIVE)].flatMap(({ 0: written, groups }) => {
    const code = groups?.['code'] ?? '';
    return code === 'z' || code in FIELDS || code in SHORTHANDS ? [] : [written];
  });
}

function partsOf(timezone: string, at: Instant): Omit<Parts, 'locale' | 'hasDay'> {
  const { date, minute, weekday } = localTime(timezone, at);
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  return {
    at,
    timezone,
    year,
    month,
    day,
    weekday: WEEKDAYS.indexOf(weekday) + 1,
    hour: Math.floor(minute / 60),
    minute: minute % 60,
    noon: Date.UTC(year, month - 1, day, 12),
  };
}

function filled([value, width = 0, fill = '0']: Field, flags: string): string {
  const text = flags.includes('^') ? String(value).toUpperCase() : String(value);
  if (flags.includes('-')) return text;
  if (flags.includes('_')) return text.padStart(width, ' ');
  return text.padStart(width, flags.includes('0') ? '0' : fill);
}

function offsetText(timezone: string, at: Instant, colon: boolean): string {
  const minutes = Math.round(offsetOf(timezone, at) / MINUTE);
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const sign = minutes < 0 ? '-' : '+';
  return `${sign}${String(hours).padStart(2, '0')}${colon ? ':' : ''}${String(rest).padStart(2, '0')}`;
}

function ordinal(day: number): string {
  if (day >= 11 && day <= 13) return 'th';
  return ['th', 'st', 'nd', 'rd'][day % 10] ?? 'th';
}
