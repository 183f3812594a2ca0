/** Minutes since midnight, 0 to 1440, in the calendar's own time zone. */
export type MinuteOfDay = number;

/**
 * Opening hours within a day. If `to` is at or before `from`, the span runs past midnight into the next day.
 */
export interface Span {
  readonly from: MinuteOfDay;
  readonly to: MinuteOfDay;
}

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** A date of the calendar, `YYYY-MM-DD`. */
export type CalendarDate = string;

/**
 * A range of dates, both ends included: of one year, or (`MM-DD`) of every year, then possibly across New
 * Year.
 */
export interface DateRange {
  readonly from: CalendarDate;
  readonly to: CalendarDate;
}

const YEARLY = 'MM-DD'.length;

export function isWithin({ from, to }: DateRange, date: CalendarDate): boolean {
  if (from.length !== YEARLY) return from <= date && date <= to;
  const day = date.slice(-YEARLY);
  return from <= to ? from <= day && day <= to : from <= day || day <= to;
}

/**
 * Opening hours. The spans of a date are the first of: its `special` entry; none if it is `closed`; none if
 * it is a public holiday; those of its weekday.
 */
export interface Calendar {
  readonly name: string;
  /** IANA name of the time zone. */
  readonly timezone: string;
  readonly open: Readonly<Partial<Record<Weekday, readonly Span[]>>>;
  /** Closed dates as ranges with both ends included; a single date has equal ends. */
  readonly closed: readonly DateRange[];
  readonly special: Readonly<Record<CalendarDate, readonly Span[]>>;
  /** `special` entries for date ranges, followed by yearly ones. @default none */
  readonly ranges?: readonly (DateRange & { readonly spans: readonly Span[] })[];
  /** Country, or country and region, of the public holidays: `FR`, `DE-BY`. */
  readonly holidays: string | null;
}
