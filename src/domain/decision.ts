import type { Button } from './button.js';
import type { PlannedEffect, RunChange } from './funnel.js';
import type { LanguageChoice } from './reply.js';
import type { MeaningTrace } from './meaning.js';
import type { ActionType, AfterPrivate } from './rule.js';
import type { Reason } from './reason.js';

/** A condition of a rule that did not hold, for people: `keyword any of: price, cost`. */
export interface FailedCondition {
  readonly condition: string;
  /** Value that the event has instead; null if showing it would not help. */
  readonly actual: string | null;
}

/** Outcome of one rule for one event. */
export interface RuleTrace {
  readonly rule: string;
  readonly outcome: 'acts' | 'would_act_shadow' | 'failed_condition' | 'cooldown' | 'not_reached';
  readonly failed: FailedCondition | null;
  /** The matching keyword as written in the rule. */
  readonly keyword: string | null;
  /** Details for people, such as start and end of a cooldown. */
  readonly note: string | null;
}

/** Result of one guard. Guards are listed in the order in which they run. */
export interface GuardTrace {
  readonly guard: string;
  readonly reason: Reason | null;
  readonly note: string | null;
}

/** Explanation of a decision: the same record in `explain`, `replay`, journal and dashboard. */
export interface Trace {
  /** The text in the form that was matched. */
  readonly text: string;
  readonly words: readonly string[];
  readonly rules: readonly RuleTrace[];
  /**
   * Number of rules that did not apply and are left out of the stored trace to keep the journal small;
   * `explain` shows all rules.
   */
  readonly rulesOmitted: number;
  readonly guards: readonly GuardTrace[];
  /**
   * Comparison with the examples of the rules; absent if the comparison decided nothing. `explain` always has
   * it if there are examples.
   */
  readonly meaning?: MeaningTrace;
}

/** The trace of a decision without rules, such as one about a run that nobody wrote to. */
export const NO_TRACE: Trace = { text: '', words: [], rules: [], rulesOmitted: 0, guards: [] };

/** A rendered send requested by a decision. */
export interface PlannedAction {
  readonly type: ActionType;
  readonly rule: string;
  readonly text: string;
  /** Link buttons, where account and platform take them; else they are links in the text. */
  readonly buttons?: readonly Button[];
  /** Delay before the send, in milliseconds. */
  readonly delay: number;
  /** True if the text begins with the account's disclosure. */
  readonly disclosed: boolean;
  /** Set if the send waits until a person approves it. */
  readonly awaits?: true;
  /** Set for a reminder: it is sent only if the contact has written nothing since its event. */
  readonly reminds?: true;
  /** Number of the part, from 1, if the text was split over several sends. */
  readonly part?: number;
  /** The language of the text, if the rule has several. */
  readonly language?: LanguageChoice;
  /** Dependence on the private reply, as in the rule, with `otherwise` rendered; absent for the default. */
  readonly afterPrivate?: AfterPrivate;
}

/** The decision about an event, with its reason. */
export interface Decision {
  /** The rule that acted, or would have acted but for `reason`. Null if none applies. */
  readonly rule: string | null;
  readonly reason: Reason;
  /** Details that the sentence of the reason does not have: which guard, which value, until when. */
  readonly detail: string | null;
  readonly actions: readonly PlannedAction[];
  /** Effects other than sends; absent if none. In shadow mode they are recorded but not applied. */
  readonly effects?: readonly PlannedEffect[];
  /**
   * Funnel runs that start, continue or end; absent if none. In shadow mode they are recorded but not
   * applied.
   */
  readonly runs?: readonly RunChange[];
  /** Result of the work of a step, such as a fetch; the journal keeps it beside the reason. @default none */
  readonly work?: string;
  /** Opt-out or opt-in stated by the message. */
  readonly optOut: 'stop' | 'start' | null;
  readonly trace: Trace;
}

const SPOKEN: ReadonlySet<Reason> = new Set(['replied', 'queued', 'shadow', 'awaiting_approval']);

/** Rules that acted on the event, for their cooldowns. `quiet`: nothing was sent to the contact. */
export function actedRules({
  reason,
  actions,
  effects = [],
  runs = [],
}: Decision): ReadonlyMap<string, 'spoke' | 'quiet'> {
  const acted = new Map<string, 'spoke' | 'quiet'>();
  if (effects.length + actions.length === 0) return acted;
  const going = runs.length === 0 ? NONE : goingOn(runs);
  for (const { rule } of effects) if (!going.has(rule)) acted.set(rule, 'quiet');
  // A running funnel sends as often as its steps require; the cooldown does not apply to it.
  const spoken = SPOKEN.has(reason) ? actions : [];
  for (const { rule } of spoken) if (!going.has(rule)) acted.set(rule, 'spoke');
  return acted;
}

const NONE: ReadonlySet<string> = new Set();

/** Rules of the runs that an earlier decision started. */
function goingOn(runs: readonly RunChange[]): ReadonlySet<string> {
  const begun = new Set(runs.flatMap(({ kind, rule }) => (kind === 'start' ? [rule] : [])));
  return new Set(runs.flatMap(({ rule }) => (begun.has(rule) ? [] : [rule])));
}

/** Leaves out empty lists, to keep the journal small. */
export function present({
  effects = [],
  runs = [],
}: {
  readonly effects?: Decision['effects'] | undefined;
  readonly runs?: Decision['runs'] | undefined;
}): Pick<Decision, 'effects' | 'runs'> {
  return { ...(effects.length > 0 ? { effects } : {}), ...(runs.length > 0 ? { runs } : {}) };
}
