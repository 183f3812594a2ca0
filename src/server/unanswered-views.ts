// Types of the pages about unanswered messages; the pages import them.
import type { Mode } from '../domain/mode.js';
import type { EventKind, InboundEvent } from '../domain/event.js';
import type { Certainty } from '../domain/meaning.js';
import type { Advice, Precision } from '../suggest/precision.js';
import type { Group } from '../suggest/groups.js';
import type { Proposal } from '../suggest/proposal.js';
import type { Suggestions } from '../suggest/suggest.js';

/** A change of the rules that a group of messages needs. */
export interface ProposalView extends Omit<Proposal, 'on' | 'group'> {
  readonly yaml: string;
}

export interface WordingView {
  /** An event with the text. */
  readonly id: string;
  readonly text: string;
  readonly n: number;
}

/** Messages that resemble each other and that nothing answered. */
export interface GroupView extends Omit<Group, 'wordings'> {
  readonly on: EventKind;
  /** The most typical one first. */
  readonly wordings: readonly WordingView[];
  /** The proposal; null beyond the limit, or if the messages cannot be written into a rule file. */
  readonly proposal: ProposalView | null;
}

export interface UnansweredView extends Omit<Suggestions, 'proposals' | 'others'> {
  readonly groups: readonly GroupView[];
}

/** A rule with examples, which can be judged by reading. */
export interface ExampleRuleView {
  readonly id: string;
  readonly on: EventKind;
  readonly certainty: Certainty;
  readonly mode: Mode;
}

export interface ExampleRulesView {
  readonly rules: readonly ExampleRuleView[];
}

/** Judgements of a rule: how often it is right, and what fits. */
export interface JudgedView {
  readonly precision: readonly Precision[];
  readonly advice: Advice;
  /** Number of judged messages that do not count, because their words became examples. */
  readonly spent: number;
}

export interface SampledView extends Pick<InboundEvent, 'id' | 'text' | 'account' | 'at'> {
  readonly score: number;
}

/** A fair sample of what a rule would have answered. */
export interface ReadingView {
  readonly rule: ExampleRuleView;
  readonly sample: readonly SampledView[];
  readonly judged: JudgedView;
}
