import { IANAZone } from 'luxon';
import { WEEKDAYS } from '../../domain/calendar.js';
import type { CalendarDate, MinuteOfDay, Weekday } from '../../domain/calendar.js';
import { DAY, MINUTE } from '../../domain/time.js';
import type { Instant, Millis } from '../../domain/time.js';

/** Local date and time of a zone. */
interface LocalTime {
  readonly date: CalendarDate;
  readonly minute: MinuteOfDay;
  readonly weekday: Weekday;
}

const zones = new Map<string, IANAZone>();

/** True for a name of the IANA time zone database that this machine knows: `Europe/Paris`, `UTC`. */
export function isTimezone(name: string): boolean {
  return IANAZone.isValidZone(name);
}

/**
 * The local date, minute and weekday of an instant; seconds are dropped. Throws a RangeError for an unknown
 * zone.
 */
export function localTime(timezone: string, at: Instant): LocalTime {
  const local = at + offsetAt(zoneOf(timezone), at);
  const date = toDate(local);
  return { date, minute: Math.floor((local - startOf(date)) / MINUTE), weekday: weekdayOf(date) };
}

/**
 * Offset of a zone from UTC at an instant, in milliseconds; negative to the west. Throws a RangeError for an
 * unknown zone.
 */
export function offsetOf(timezone: string, at: Instant): Millis {
  return offsetAt(zoneOf(timezone), at);
}

/**
 * The instant of a local date and minute in a zone. Minute 1440 is the next day's midnight. A local time that
 * the clock skips (spring) gives the first instant after the skip. A local time that occurs twice (autumn)
 * gives the one named by `which`: use the earlier for an opening and the later for a closing, so that the
 * calendar is open in case of doubt. Throws a RangeError for an unknown zone.
 */
export function instantOf(
  timezone: string,
  date: CalendarDate,
  minute: MinuteOfDay,
  which: 'earlier' | 'later',
): Instant {
  const zone = zoneOf(timezone);
  const local = startOf(date) + minute * MINUTE;
  // Offsets range from -12 h to +14 h, so one day before and one day after are on either side of a nearby
  // change.
  const before = offsetAt(zone, local - DAY);
  const after = offsetAt(zone, local + DAY);
  if (before === after) return local - before;
  const shown = [local - before, local - after].filter((at) => at + offsetAt(zone, at) === local);
  if (shown.length === 0) return changeBetween(zone, local - after, local - before);
  return which === 'earlier' ? Math.min(...shown) : Math.max(...shown);
}

/** Adds days to a date; `days` may be negative. */
export function addDays(date: CalendarDate, days: number): CalendarDate {
  return toDate(startOf(date) + days * DAY);
}

export function weekdayOf(date: CalendarDate): Weekday {
  // Day 0 is 1970-01-01, a Thursday; WEEKDAYS begins with Monday.
  const daysSince = startOf(date) / DAY + 3;
  return WEEKDAYS[((daysSince % 7) + 7) % 7] ?? 'mon';
}

/**
 * The first instant after `from`, up to `to`, at which the offset of `to` holds. Assumes one change in
 * between.
 */
function changeBetween(zone: IANAZone, from: Instant, to: Instant): Instant {
  const offset = offsetAt(zone, to);
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle) === offset) high = middle;
    else low = middle;
  }
  return high;
}

function offsetAt(zone: IANAZone, at: Instant): Millis {
  return Math.round(zone.offset(at) * MINUTE);
}

function zoneOf(timezone: string): IANAZone {
  const known = zones.get(timezone);
  if (known) return known;
  if (!isTimezone(timezone)) throw new RangeError(`unknown time zone: ${timezone}`);
  const zone = IANAZone.create(timezone);
  zones.set(timezone, zone);
  return zone;
}

/**
 * Caches of dates by midnight and the reverse: a calendar that never opens is scanned day by day for a year
 * at each query.
 */
const dates = new Map<number, CalendarDate>();
const midnights = new Map<CalendarDate, number>();
const MOST_DATES = 4_000;

/** Midnight of a date as if it were UTC, for date arithmetic. */
function startOf(date: CalendarDate): number {
  const known = midnights.get(date);
  if (known !== undefined) return known;
  const midnight = Date.parse(`${date}T00:00:00Z`);
  if (midnights.size >= MOST_DATES) midnights.clear();
  midnights.set(date, midnight);
  return midnight;
}

function toDate(utc: number): CalendarDate {
  const midnight = Math.floor(utc / DAY) * DAY;
  const known = dates.get(midnight);
  if (known !== undefined) return known;
  const date = new Date(midnight).toISOString().slice(0, 10);
  if (dates.size >= MOST_DATES) dates.clear();
  dates.set(midnight, date);
  return date;
}
