import type { PlannedEffect, RunChange } from './funnel.js';
import type { ActionType, AfterPrivate } from './rule.js';
import type { Reason } from './reason.js';

/** One condition of a rule and how it went, for people: `keyword any of: price, cost`. */
export interface FailedCondition {
  readonly condition: string;
  /** What the event had instead; null when that says nothing. */
  readonly actual: string | null;
}

/** How one rule fared with one event. */
export interface RuleTrace {
  readonly rule: string;
  readonly outcome: 'acts' | 'would_act_shadow' | 'failed_condition' | 'cooldown' | 'not_reached';
  readonly failed: FailedCondition | null;
  /** The keyword, as the rule writes it, that matched. */
  readonly keyword: string | null;
  /** More for people: since when a cooldown runs and until when. */
  readonly note: string | null;
}

/** How one guard answered. Guards stand in the order in which they are asked. */
export interface GuardTrace {
  readonly guard: string;
  readonly reason: Reason | null;
  readonly note: string | null;
}

/** How a decision came about: the same record in `explain`, `replay`, journal and dashboard. */
export interface Trace {
  /** The text as the matcher saw it. */
  readonly text: string;
  readonly words: readonly string[];
  readonly rules: readonly RuleTrace[];
  /** Rules that do not apply and are left out above, to keep the journal small; `explain` shows them all. */
  readonly rulesOmitted: number;
  readonly guards: readonly GuardTrace[];
}

/** A send that a decision asks for, rendered. */
export interface PlannedAction {
  readonly type: ActionType;
  readonly rule: string;
  readonly text: string;
  /** Milliseconds to wait before it is sent. */
  readonly delay: number;
  /** The text begins with the account's disclosure. */
  readonly disclosed: boolean;
  /** Which of the sends of a text that one send does not hold, from 1; absent for a text that is whole. */
  readonly part?: number;
  /** As the rule has it, `otherwise` rendered; absent for the usual. */
  readonly afterPrivate?: AfterPrivate;
}

/** What to do about an event, and why. */
export interface Decision {
  /** The rule that acted, or that would have but for `reason`. Null when none applies. */
  readonly rule: string | null;
  readonly reason: Reason;
  /** A sentence beyond the reason's own: which guard, which value, until when. */
  readonly detail: string | null;
  readonly actions: readonly PlannedAction[];
  /** What is done besides; absent: nothing. In shadow it is noted and not done. */
  readonly effects?: readonly PlannedEffect[];
  /** Ways through funnels that begin, go on or end; absent: none. In shadow it is noted and not done. */
  readonly runs?: readonly RunChange[];
  /** A change of the contact's will that this message states. */
  readonly optOut: 'stop' | 'start' | null;
  readonly trace: Trace;
}

const SPOKEN: ReadonlySet<Reason> = new Set(['replied', 'queued', 'shadow']);

/** The rules that did something about the event, for their cooldowns. `quiet`: without a word to the contact. */
export function actedRules({
  reason,
  actions,
  effects = [],
  runs = [],
}: Decision): ReadonlyMap<string, 'spoke' | 'quiet'> {
  const begun = new Set(runs.flatMap(({ kind, rule }) => (kind === 'start' ? [rule] : [])));
  const going = new Set(runs.flatMap(({ rule }) => (begun.has(rule) ? [] : [rule])));
  const acted = new Map<string, 'spoke' | 'quiet'>();
  for (const { rule } of effects) if (!going.has(rule)) acted.set(rule, 'quiet');
  // A funnel that goes on answers as often as its steps say: that is none of the cooldown's business.
  const spoken = SPOKEN.has(reason) ? actions : [];
  for (const { rule } of spoken) if (!going.has(rule)) acted.set(rule, 'spoke');
  return acted;
}

/** Lists that are empty are left out of a decision, and so of the journal. */
export function present({
  effects = [],
  runs = [],
}: {
  readonly effects?: Decision['effects'] | undefined;
  readonly runs?: Decision['runs'] | undefined;
}): Pick<Decision, 'effects' | 'runs'> {
  return { ...(effects.length > 0 ? { effects } : {}), ...(runs.length > 0 ? { runs } : {}) };
}
