import type { Notice, NotifyConfig } from '../domain/notice.js';
import { WEEKDAYS } from '../domain/calendar.js';
import type { Reason } from '../domain/reason.js';
import { HOUR, type Instant } from '../domain/time.js';
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

/** Reads the summary of a week when it is due, since its query reads the messages of the whole week. */
export interface WeeklySummary {
  /** The notice of the week that ended last, unless it was recorded; a week without messages is read again each hour. */
  due(config: Pick<NotifyConfig, 'weekly' | 'kinds'>, now: Instant): Promise<readonly Notice[]>;
  /** Marks the notices of `due` as recorded in the store. */
  recorded(notices: readonly Notice[]): void;
}

/** Creates the state of the weekly summary, which ends with the process. */
export function createWeeklySummary(store: Pick<OwnerStore, 'reasonsBetween'>): WeeklySummary {
  let done = '';
  let empty = '';
  return {
    async due(config, now) {
      if (!config.kinds.includes('weekly_summary')) return [];
      const { date } = lastEnd(config.weekly ?? WEEKLY_DEFAULT, now);
      const hour = `${date} ${Math.floor(now / HOUR)}`;
      if (date === done || hour === empty) return [];
      const notices = await aboutWeek(store, config, now);
      if (notices.length === 0) empty = hour;
      return notices;
    },
    recorded(notices) {
      done = notices.find(({ kind }) => kind === 'weekly_summary')?.key ?? done;
    },
  };
}

/**
 * The summary of the week that ended last; none for a week without messages. Its key is the date of its end, so that it is
 * sent once, also after a restart and with several workers.
 */
async function aboutWeek(
  store: Pick<OwnerStore, 'reasonsBetween'>,
  { weekly = WEEKLY_DEFAULT }: Pick<NotifyConfig, 'weekly'>,
  now: Instant,
): Promise<readonly Notice[]> {
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
