import type { Calendar, CalendarDate } from '../../domain/calendar.js';
import type { Instant } from '../../domain/time.js';
import { hoursOn } from './day.js';
import type { HolidayLookup } from './holidays.js';
import { addDays, instantOf, localTime } from './zone.js';

export interface Hours {
  readonly state: 'open' | 'closed';
  /** Next time at which a closed calendar opens; null if it opens at no time within 400 days. */
  readonly nextOpen: Instant | null;
  /** Next time at which an open calendar closes; null if it closes at no time within 400 days. */
  readonly nextClose: Instant | null;
}

/** Number of days that are searched for the next opening or closing. */
const HORIZON = 400;
/**
 * Maximum number of following days into which a night span, or a clock set back over midnight, can extend.
 */
const DAYS_BACK = 2;
const DAYS = DAYS_BACK + HORIZON + 1;
const DAY_MINUTES = 1440;

/** A continuous opening time, in local minutes since midnight of the first day examined. */
interface LocalRun {
  readonly from: number;
  readonly to: number;
}

/** A `LocalRun` as instants; Infinity if it lasts beyond the horizon. */
interface Run {
  readonly opens: Instant;
  readonly closes: Instant;
}

/**
 * State of a calendar at an instant, with the next changes.
 * - A closing time is not part of the span: 14:00-18:00 is closed at 18:00 sharp.
 * - A span past midnight belongs as a whole to the day on which it starts: the night of an open Saturday ends
 *   on Sunday at 02:00 although Sunday is `closed` or a holiday, and a closed Saturday has no night.
 * - Adjacent or overlapping spans are one: 09:00-12:00 and 12:00-18:00 close at 18:00, and `00:00-24:00` on
 *   every day never closes.
 * - If the clock skips an hour, an opening or closing within it takes place at the skip; a span that lies
 *   within it does not take place.
 * - If the clock repeats an hour, an opening within it is the earlier of the two and a closing the later:
 *   02:00-02:30 is open from the first 02:00 to the second 02:30.
 * The holiday lookup is called only if the calendar has `holidays`. Throws a RangeError for an unknown time
 * zone.
 */
export function hoursAt(calendar: Calendar, at: Instant, holidays: HolidayLookup): Hours {
  const { date } = localTime(calendar.timezone, at);
  const runs = mergedRuns(calendar, addDays(date, -DAYS_BACK), holidays);
  for (const { opens, closes } of runs) {
    if (closes <= at) continue;
    if (opens > at) return { state: 'closed', nextOpen: opens, nextClose: finite(closes) };
    const next = finite(closes) === null ? undefined : runs.next().value;
    return { state: 'open', nextOpen: next?.opens ?? null, nextClose: finite(closes) };
  }
  return { state: 'closed', nextOpen: null, nextClose: null };
}

/**
 * The runs as instants, in order, merged again: spans that are apart on the clock may meet while an hour is
 * repeated.
 */
function* mergedRuns(
  calendar: Calendar,
  first: CalendarDate,
  holidays: HolidayLookup,
): Generator<Run, undefined> {
  let current: Run | undefined;
  for (const { from, to } of localRuns(calendar, first, holidays)) {
    const opens = instantAt(calendar, first, from, 'earlier');
    const closes = to === Infinity ? Infinity : instantAt(calendar, first, to, 'later');
    if (closes <= opens) continue; // both ends within a skipped hour: no such run
    if (current && opens <= current.closes) {
      current = { opens: current.opens, closes: Math.max(current.closes, closes) };
    } else {
      if (current) yield current;
      current = { opens, closes };
    }
  }
  if (current) yield current;
  return undefined;
}

/**
 * Opening times as continuous runs in local time, in order. Converting only whole runs to instants keeps a
 * year of `00:00-24:00` cheap.
 */
function* localRuns(calendar: Calendar, first: CalendarDate, holidays: HolidayLookup): Generator<LocalRun> {
  let current: LocalRun | undefined;
  for (let day = 0; day < DAYS; day += 1) {
    const midnight = day * DAY_MINUTES;
    const spans = hoursOn(calendar, addDays(first, day), holidays).spans.toSorted((a, b) => a.from - b.from);
    for (const { from, to } of spans) {
      const run = { from: midnight + from, to: midnight + (to <= from ? to + DAY_MINUTES : to) };
      if (current && run.from <= current.to) {
        current = { from: current.from, to: Math.max(current.to, run.to) };
      } else {
        if (current) yield current;
        current = run;
      }
    }
  }
  if (!current) return;
  yield current.to >= DAYS * DAY_MINUTES ? { from: current.from, to: Infinity } : current;
}

function instantAt(
  { timezone }: Calendar,
  first: CalendarDate,
  minutes: number,
  which: 'earlier' | 'later',
): Instant {
  const day = Math.floor(minutes / DAY_MINUTES);
  return instantOf(timezone, addDays(first, day), minutes - day * DAY_MINUTES, which);
}

function finite(at: Instant): Instant | null {
  return at === Infinity ? null : at;
}
