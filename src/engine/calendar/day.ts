import { type Calendar, type CalendarDate, isWithin, type Span } from '../../domain/calendar.js';
import type { HolidayLookup } from './holidays.js';
import { weekdayOf } from './zone.js';

/** The calendar entry that sets the hours of a date. */
export type HoursSource = 'special' | 'closed' | 'holiday' | 'week';

export interface DayHours {
  readonly spans: readonly Span[];
  readonly source: HoursSource;
}

/** The hours of a date, from the first that applies: `special`, `closed`, holidays, weekday. */
export function hoursOn(calendar: Calendar, date: CalendarDate, holidays: HolidayLookup): DayHours {
  const special = specialOn(calendar, date);
  if (special) return { spans: special, source: 'special' };
  if (calendar.closed.some((range) => isWithin(range, date))) return { spans: [], source: 'closed' };
  if (calendar.holidays !== null && holidays(calendar.holidays, date) !== null) {
    return { spans: [], source: 'holiday' };
  }
  return { spans: calendar.open[weekdayOf(date)] ?? [], source: 'week' };
}

/**
 * The most specific of several entries for a date: a single date before ranges, ranges before yearly entries.
 */
function specialOn({ special, ranges = [] }: Calendar, date: CalendarDate): readonly Span[] | undefined {
  if (Object.hasOwn(special, date)) return special[date];
  return ranges.find((range) => isWithin(range, date))?.spans;
}
