import { sumsOf } from '../domain/group.js';
import type { Reason } from '../domain/reason.js';
import { DAY, HOUR, MINUTE, type Instant, type Millis } from '../domain/time.js';
import type { LeadHour, ReasonHour } from '../store/ports/reports.js';
import type { Panel } from './panel.js';
import type { TodayTotals, TodayView } from './views.js';

/** Ranges of the first page, in days. */
export const RANGES = [7, 30, 90] as const;

const ANSWERED: ReadonlySet<Reason> = new Set(['replied', 'acted', 'queued']);
/** Reasons of events that nobody expects a reply to. */
const NOT_COUNTED: ReadonlySet<Reason> = new Set(['own_message', 'too_old', 'settling']);
const HOURS = 24;

/** Hourly counts over twice the range: the earlier half is for comparison. */
export interface HourlySums {
  readonly figures: readonly ReasonHour[];
  readonly leads: readonly LeadHour[];
}

export async function hourlySums({ reports, clock }: Panel, range: number): Promise<HourlySums> {
  const since = Math.floor((clock() - 2 * range * DAY) / HOUR) * HOUR;
  return { figures: await reports.reasonsByHour(since), leads: await reports.leadHours(since) };
}

/** `ahead`: offset of the reader's clock from UTC, since a day of a shop in Tokyo is not a UTC day. */
export function todayView(now: Instant, range: number, ahead: Millis, sums: HourlySums): TodayView {
  const lastDay = Math.floor((now + ahead) / DAY) * DAY;
  const nowHour = Math.floor(now / HOUR);
  const from = nowHour - range * HOURS;
  const figures = sums.figures.filter(({ reason }) => reason === null || !NOT_COUNTED.has(reason));
  const current = totals(sums, from, nowHour);
  const hasEarlier = figures.some(({ hour }) => hour <= from);
  return {
    range,
    current,
    previous: hasEarlier ? totals(sums, from - range * HOURS, from) : null,
    today: totals(sums, Math.floor((lastDay - ahead) / HOUR) - 1, nowHour),
    days: daysOf(figures, range, ahead, lastDay),
    lastDay,
    reasons: byReason(figures.filter(({ hour }) => hour > from)),
    hours: Array.from({ length: HOURS }, (_, index) => {
      const hour = nowHour - HOURS + 1 + index;
      return sumOf(figures.filter((each) => each.hour === hour && isAnswer(each.reason)));
    }),
  };
}

function isAnswer(reason: Reason | null): boolean {
  return reason !== null && ANSWERED.has(reason);
}

function sumOf(figures: readonly { readonly n: number }[]): number {
  return figures.reduce((sum, { n }) => sum + n, 0);
}

/** Totals of the hours after `from` and up to `to`. */
function totals({ figures, leads }: HourlySums, from: number, to: number): TodayTotals {
  const within = figures.filter(({ hour, reason }) => {
    return hour > from && hour <= to && reason !== null && !NOT_COUNTED.has(reason);
  });
  const won = leads.filter(({ hour }) => hour > from && hour <= to);
  const answered = sumOf(within.filter(({ reason }) => isAnswer(reason)));
  const shadow = sumOf(within.filter(({ reason }) => reason === 'shadow'));
  return {
    answered,
    shadow,
    leftAlone: sumOf(within) - answered - shadow,
    leads: sumOf(won),
    emails: won.reduce((sum, { emails }) => sum + emails, 0),
  };
}

function daysOf(
  figures: readonly ReasonHour[],
  range: number,
  ahead: Millis,
  lastDay: Instant,
): TodayView['days'] {
  const days = Array.from({ length: range }, () => ({ answered: 0, shadow: 0, leftAlone: 0 }));
  let first = range - 1;
  for (const { hour, reason, n } of figures) {
    const index = range - 1 - (lastDay - Math.floor((hour * HOUR + ahead) / DAY) * DAY) / DAY;
    const day = days[index];
    // An event before the range proves that the installation is older than the first day of the range.
    first = Math.max(0, Math.min(first, index));
    if (day === undefined || reason === null) continue;
    if (isAnswer(reason)) day.answered += n;
    else if (reason === 'shadow') day.shadow += n;
    else day.leftAlone += n;
  }
  return days.slice(first);
}

/** Counts by reason, without events that are not decided yet. */
export function byReason(figures: readonly ReasonHour[]): Partial<Record<Reason, number>> {
  const decided = figures.flatMap(({ reason, n }) => (reason === null ? [] : [[reason, n] as const]));
  return Object.fromEntries(sumsOf(decided));
}

/** Maximum offset of a clock from UTC: 14 hours. */
export const MOST_AHEAD = (14 * HOUR) / MINUTE;
