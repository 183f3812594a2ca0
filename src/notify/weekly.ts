import type { Notice, NotifyConfig } from '../domain/notice.js';
import { WEEKDAYS } from '../domain/calendar.js';
import type { Reason } from '../domain/reason.js';
import type { Instant } from '../domain/time.js';
import { addDays, instantOf, localTime } from '../engine/calendar/zone.js';
import type { OwnerStore } from '../store/ports/owner.js';

/** Time of the summary where the configuration sets none. */
export const WEEKLY_DEFAULT = { weekday: 'mon', minute: 9 * 60, timezone: 'UTC' } as const;

const WEEK = 7;

type Counts = Readonly<Partial<Record<Reason, number>>>;

/** Replies that could be lost, in the words of a shop. */
const LOST: readonly (readonly [Reason, string])[] = [
  ['failed', 'refused by Blotato'],
  ['unknown_outcome', 'may not have arrived'],
  ['private_reply_used', 'another tool was first'],
  ['window_closed', 'too late for the platform'],
  ['approval_expired', 'approved too late or not at all'],
  ['template_error', 'a value of the text was missing'],
  ['too_long', 'the text was too long'],
  ['unreadable', 'could not be read'],
];
const UNANSWERED: readonly Reason[] = ['no_match', 'unsure', 'ambiguous'];
const WAITING: readonly Reason[] = ['queued', 'blocked_account', 'awaiting_approval'];

/**
 * The summary of the week that ended last; none for a week without messages. Its key is the date of its end, so that it is
 * sent once, also after a restart and with several workers.
 */
export async function aboutWeek(
  store: Pick<OwnerStore, 'reasonsBetween'>,
  { weekly = WEEKLY_DEFAULT, kinds }: Pick<NotifyConfig, 'weekly' | 'kinds'>,
  now: Instant,
): Promise<readonly Notice[]> {
  if (!kinds.includes('weekly_summary')) return [];
  const { date, at, from } = lastEnd(weekly, now);
  const counts = await store.reasonsBetween(from, at);
  const answered = sum(counts, ['replied', 'acted']);
  const unanswered = sum(counts, UNANSWERED);
  const lost = sum(
    counts,
    LOST.map(([reason]) => reason),
  );
  const waiting = sum(counts, WAITING);
  if (answered + unanswered + lost + waiting + sum(counts, ['shadow']) === 0) return [];
  const why = LOST.flatMap(([reason, words]) => (counts[reason] ? [`${counts[reason]} ${words}`] : []));
  const parts = [
    `answered ${answered}`,
    ...(counts.shadow ? [`would have answered ${counts.shadow} in shadow mode`] : []),
    `nobody answered ${unanswered}`,
    `lost ${lost}${why.length === 0 ? '' : ` (${why.join(', ')})`}`,
    ...(waiting === 0 ? [] : [`waiting ${waiting}`]),
  ];
  const text = `Messages and comments of the week before ${date}: ${parts.join('; ')}`;
  return [{ kind: 'weekly_summary', key: date, at, text, fix: fixOf(unanswered, lost) }];
}

function fixOf(unanswered: number, lost: number): string {
  if (lost > 0) return 'See `autoresponder outbox list` for what was lost.';
  return unanswered > 0 ? 'Run `autoresponder suggest` for rules that would answer them.' : 'None needed.';
}

/** The latest end of a week that is not after `now`. */
function lastEnd({ weekday, minute, timezone }: NonNullable<NotifyConfig['weekly']>, now: Instant) {
  const here = localTime(timezone, now);
  const days = (WEEKDAYS.indexOf(here.weekday) - WEEKDAYS.indexOf(weekday) + WEEK) % WEEK;
  const isLater = days === 0 && here.minute < minute;
  const date = addDays(here.date, isLater ? -WEEK : -days);
  const at = instantOf(timezone, date, minute, 'earlier');
  return { date, at, from: instantOf(timezone, addDays(date, -WEEK), minute, 'earlier') };
}

function sum(counts: Counts, reasons: readonly Reason[]): number {
  return reasons.reduce((total, reason) => total + (counts[reason] ?? 0), 0);
}
