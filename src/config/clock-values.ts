import {
  WEEKDAYS,
  type CalendarDate,
  type DateRange,
  type MinuteOfDay,
  type Span,
  type Weekday,
} from '../domain/calendar.js';

const SPAN = /^(?<fromHour>\d{2}):(?<fromMinute>\d{2})\s*-\s*(?<toHour>\d{2}):(?<toMinute>\d{2})$/u;
const MINUTES_A_DAY = 1_440;

function minuteOfDay(hour: string | undefined, minute: string | undefined): MinuteOfDay | undefined {
  const minutes = Number(hour) * 60 + Number(minute);
  return Number(minute) < 60 && minutes <= MINUTES_A_DAY ? minutes : undefined;
}

/**
 * Parses `09:00-12:30`, `22:00-02:00`, `00:00-24:00`. Returns undefined for anything else, and for an empty
 * span.
 */
export function parseSpan(text: string): Span | undefined {
  const { fromHour, fromMinute, toHour, toMinute } = SPAN.exec(text.trim())?.groups ?? {};
  const from = minuteOfDay(fromHour, fromMinute);
  const to = minuteOfDay(toHour, toMinute);
  if (from === undefined || to === undefined || from === to || from === MINUTES_A_DAY) return undefined;
  return { from, to };
}

/** Parses `mon 09:00`. Returns undefined for anything else. */
export function parseWeekly(text: string): { weekday: Weekday; minute: MinuteOfDay } | undefined {
  const {
    day = '',
    hour,
    minute,
  } = /^(?<day>[a-z]{3})\s+(?<hour>\d{1,2}):(?<minute>\d{2})$/u.exec(text.trim())?.groups ?? {};
  const at = minuteOfDay(hour, minute);
  return isWeekday(day) && at !== undefined && at < MINUTES_A_DAY ? { weekday: day, minute: at } : undefined;
}

function isWeekday(name: string): name is Weekday {
  return (WEEKDAYS as readonly string[]).includes(name);
}

/** Parses `mon`, `mon-fri`, and `fri-mon` across the weekend. Returns undefined for anything else. */
export function parseDays(text: string): readonly Weekday[] | undefined {
  const [first = '', last = first, ...rest] = text.split('-');
  if (rest.length > 0 || !isWeekday(first) || !isWeekday(last)) return undefined;
  const from = WEEKDAYS.indexOf(first);
  const length = ((WEEKDAYS.indexOf(last) - from + WEEKDAYS.length) % WEEKDAYS.length) + 1;
  return [...WEEKDAYS, ...WEEKDAYS].slice(from, from + length);
}

/** True for an existing date, written `YYYY-MM-DD`. */
export function isDate(text: string): text is CalendarDate {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** True for a day of some year, written `MM-DD`. */
function isYearly(text: string): boolean {
  return /^\d{2}-\d{2}$/u.test(text) && isDate(`2028-${text}`);
}

/**
 * Parses a date or `FROM..TO`, both included: with years, or without for every year. Returns undefined for
 * dates that do not exist, for a mixture, and for ranges with years that end before they start.
 */
export function parseDates(text: string): DateRange | undefined {
  const [from = '', to = from, ...rest] = text.split('..').map((date) => date.trim());
  if (rest.length > 0) return undefined;
  if (isYearly(from) && isYearly(to)) return { from, to };
  return isDate(from) && isDate(to) && from <= to ? { from, to } : undefined;
}
