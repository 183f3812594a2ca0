import { type Calendar, type CalendarDate, type Span, WEEKDAYS } from '../domain/calendar.js';

const DAY_MINUTES = 1440;

/**
 * The constant state of a calendar from a date on: `closed` if no span is left, `open` if every day is fully
 * covered and no day is closed. Null if it changes, or if that cannot be decided.
 */
export function constantState(calendar: Calendar, from: CalendarDate): 'open' | 'closed' | null {
  const { open, special, ranges = [], closed, holidays } = calendar;
  // A night span of a past date may still be running, so the last days count as future ones.
  const isOver = (to: CalendarDate): boolean => !isYearly(to) && to < dayBefore(from);
  const specials = [
    ...Object.entries(special).filter(([date]) => !isOver(date)),
    ...ranges.filter(({ to }) => !isOver(to)).map(({ from, spans }) => [from, spans] as const),
  ];
  const weekdays = WEEKDAYS.map((day) => open[day] ?? []);
  if (weekdays.every(isEmpty) && specials.every(([, spans]) => isEmpty(spans))) return 'closed';
  const isInterrupted = holidays !== null || closed.some(({ to }) => !isOver(to));
  return !isInterrupted && [...weekdays, ...specials.map(([, spans]) => spans)].every(isWholeDay)
    ? 'open'
    : null;
}

function isYearly(date: CalendarDate): boolean {
  return date.length === 'MM-DD'.length;
}

function isEmpty(spans: readonly Span[]): boolean {
  return spans.length === 0;
}

/** True if the day is covered from midnight to midnight by its own spans. */
function isWholeDay(spans: readonly Span[]): boolean {
  let covered = 0;
  for (const { from, to } of spans.toSorted((a, b) => a.from - b.from)) {
    if (from > covered) return false;
    covered = Math.max(covered, to <= from ? DAY_MINUTES : to);
  }
  return covered >= DAY_MINUTES;
}

function dayBefore(date: CalendarDate): CalendarDate {
  const before = new Date(`${date}T00:00:00Z`);
  before.setUTCDate(before.getUTCDate() - 3);
  return before.toISOString().slice(0, 10);
}
