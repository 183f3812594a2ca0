import type { RuleHour } from '../store/ports/owner.js';
import { groupBy } from '../domain/group.js';
import type { Notice } from '../domain/notice.js';
import { DAY, formatInstant, HOUR, type Instant, type Millis } from '../domain/time.js';

/** A rule that decided events regularly, and none since its last one. */
export interface QuietRule {
  readonly rule: string;
  /** Beginning of the hour of its last event. */
  readonly lastAt: Instant;
  /** Events of its accounts since then, all decided otherwise. */
  readonly since: number;
  /** Share of the events of its accounts that it had decided before. */
  readonly share: number;
}

/** Time before the last event of a rule that shows how regular it was. */
const LEARNT_FROM: Millis = 28 * DAY;
/** Time that is read: a rule that went quiet earlier is no news. */
export const READ_FROM: Millis = 2 * LEARNT_FROM;
/** A rule is regular with as many events on as many different days. */
const LEAST_EVENTS = 20;
const LEAST_DAYS = 10;
/** Silence counts from twice the longest one before, and two days. */
const TIMES_LONGEST = 2;
const SHORTEST: Millis = 2 * DAY;
/** Highest chance that a rule with its former share of the events of its accounts matched none of those since. */
const CHANCE = 0.000_1;

/**
 * Finds rules that went quiet. Three things must hold, each against a false alarm of its own:
 * - In the 28 days up to its last event the rule decided at least 20 events on at least 10 days: it was regular.
 * - It is silent for more than twice the longest time between two of those events, and for 2 days: weekends, holidays and
 *   rules for closing hours have such gaps in their past.
 * - Of the events of its accounts since then, a rule with its former share would have decided one with a
 *   probability of 9,999 in 10,000: in a quiet shop every rule is quiet.
 */
export function quietRules(hours: readonly RuleHour[], now: Instant): readonly QuietRule[] {
  return [...groupBy(hours, ({ rule }) => rule)].flatMap(([rule, own]) =>
    rule === null ? [] : (quietRule(rule, own, { hours, now }) ?? []),
  );
}

function quietRule(
  rule: string,
  decided: readonly RuleHour[],
  { hours, now }: { readonly hours: readonly RuleHour[]; readonly now: Instant },
): QuietRule | null {
  const last = Math.max(...decided.map(({ hour }) => hour));
  const first = last - LEARNT_FROM / HOUR;
  const learnt = decided.filter(({ hour }) => hour > first);
  const silence = now - (last + 1) * HOUR;
  const total = sum(learnt);
  const days = new Set(learnt.map(({ hour }) => Math.floor((hour * HOUR) / DAY)));
  if (total < LEAST_EVENTS || days.size < LEAST_DAYS) return null;
  if (silence < Math.max(SHORTEST, TIMES_LONGEST * longestGap(learnt))) return null;
  const accounts = new Set(learnt.map(({ account }) => account));
  const ofAccounts = hours.filter(({ account }) => accounts.has(account));
  const share = total / sum(ofAccounts.filter(({ hour }) => hour > first && hour <= last));
  const since = sum(ofAccounts.filter(({ hour }) => hour > last));
  return (1 - share) ** since <= CHANCE && since > 0 ? { rule, lastAt: last * HOUR, since, share } : null;
}

function longestGap(decided: readonly RuleHour[]): Millis {
  const hours = [...new Set(decided.map(({ hour }) => hour))].sort((a, b) => a - b);
  return HOUR * hours.reduce((most, hour, at) => Math.max(most, hour - (hours[at - 1] ?? hour)), 0);
}

function sum(all: readonly RuleHour[]): number {
  return all.reduce((total, { n }) => total + n, 0);
}

/** Creates a notice for each rule that went quiet, and that still exists. */
export function aboutQuietRules(
  hours: readonly RuleHour[],
  isActive: (rule: string) => boolean,
  now: Instant,
): readonly Notice[] {
  return quietRules(hours, now)
    .filter(({ rule }) => isActive(rule))
    .map(({ rule, lastAt: at, since, share }): Notice => {
      const before = `${Math.max(1, Math.round(share * 100))} of 100 before`;
      const text = `Rule ${rule} has matched nothing since ${formatInstant(at)}: none of ${since} messages and comments of its accounts, ${before}`;
      const fix = 'See the messages that no rule matched, and the keywords, posts and accounts of the rule.';
      return { kind: 'quiet_rule', key: `${rule} ${at}`, at, text, fix };
    });
}
