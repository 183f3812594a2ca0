// Types of the pages about unanswered messages; the pages import them.
import type { Mode } from '../domain/mode.js';
import type { EventKind } from '../domain/event.js';
import type { Certainty } from '../domain/meaning.js';
import type { Instant } from '../domain/time.js';
import type { Advice, Precision } from '../suggest/precision.js';
import type { Change, Effects, ProposedTest } from '../suggest/proposal.js';

/** A change of the rules that a group of messages needs. */
export interface ProposalView {
  readonly change: Change;
  /** Id of the new or of the existing rule. */
  readonly rule: string;
  /** Examples, keywords, or messages of `not`. */
  readonly texts: readonly string[];
  readonly effects: Effects;
  readonly test: ProposedTest;
  readonly yaml: string;
}

export interface WordingView {
  /** An event with the text. */
  readonly id: string;
  readonly text: string;
  readonly n: number;
}

/** Messages that resemble each other and that nothing answered. */
export interface GroupView {
  readonly on: EventKind;
  readonly messages: number;
  readonly contacts: number;
  readonly latest: Instant;
  /** The most typical one first. */
  readonly wordings: readonly WordingView[];
  /** The proposal; null beyond the limit, or if the messages cannot be written into a rule file. */
  readonly proposal: ProposalView | null;
}

export interface UnansweredView {
  readonly groups: readonly GroupView[];
  /** Counts of messages without a group, and of those that the rules answer by now. */
  readonly alone: number;
  readonly wordless: number;
  readonly older: number;
  readonly answeredNow: number;
  /** Number of recent messages that the effects were counted on. */
  readonly measuredOn: number;
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

export interface SampledView {
  readonly id: string;
  readonly text: string;
  readonly account: string | null;
  readonly at: Instant;
  readonly score: number;
}

/** A fair sample of what a rule would have answered. */
export interface ReadingView {
  readonly rule: ExampleRuleView;
  readonly sample: readonly SampledView[];
  readonly judged: JudgedView;
}
