/** Minutes since midnight, 0 to 1440, in the calendar's own time zone. */
export type MinuteOfDay = number;

/** A span of opening time. `to` at or before `from` runs past midnight into the next day. */
export interface Span {
  readonly from: MinuteOfDay;
  readonly to: MinuteOfDay;
}

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** A date of the calendar, `YYYY-MM-DD`. */
export type CalendarDate = string;

/** From one date to another, both included: of a year, or (`MM-DD`) of each, then also over its end. */
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
 * Opening hours. A date's spans are, in this order: its `special` entry; none if it is `closed`; none if it is a
 * public holiday; else those of its weekday.
 */
export interface Calendar {
  readonly name: string;
  /** IANA name. */
  readonly timezone: string;
  readonly open: Readonly<Partial<Record<Weekday, readonly Span[]>>>;
  /** Both ends included; a single date has equal ends. */
  readonly closed: readonly DateRange[];
  readonly special: Readonly<Record<CalendarDate, readonly Span[]>>;
  /** The `special` entries of ranges, and then those of each year. @default none */
  readonly ranges?: readonly (DateRange & { readonly spans: readonly Span[] })[];
  /** A country, or country and region: `FR`, `DE-BY`. */
  readonly holidays: string | null;
}
