import type { Mode } from './mode.js';

/** Languages whose words and everyday sentences the program knows; others are compared by characters. */
export const LANGUAGES = [
  'ar',
  'de',
  'en',
  'es',
  'fr',
  'hi',
  'it',
  'ja',
  'ko',
  'nl',
  'pl',
  'pt',
  'ru',
  'th',
  'tr',
  'zh',
] as const;
export type Language = (typeof LANGUAGES)[number];
/** Value of the fact `language` in doubt. */
export const UNKNOWN_LANGUAGE = 'unknown';

/** Required similarity of a message to the examples of a rule, from high to low. */
export const CERTAINTIES = ['careful', 'normal', 'bold'] as const;
export type Certainty = (typeof CERTAINTIES)[number];

/** The examples of a rule. */
export interface ExampleSpec {
  readonly texts: readonly string[];
  /** Messages that resemble the examples, but that the rule is not meant for. */
  readonly not: readonly string[];
  readonly certainty: Certainty;
  /** Languages that the rule states; if empty, they are detected from the examples. */
  readonly languages: readonly Language[];
  /**
   * Mode for messages that match by the examples; matches by keywords of the same rule have the mode of the
   * rule.
   */
  readonly mode: Mode;
  /** True if the rule states its `priority`, and so keeps its place among the rules with keywords. */
  readonly isRanked: boolean;
}

/** An example with its share of a score. */
export interface ExampleShare {
  readonly rule: string;
  readonly text: string;
  readonly share: number;
}

/** Similarity of a message to the examples of the rules, with the sum behind a score. */
export interface MeaningTrace {
  /** Hash of the model, which depends only on the rule files. */
  readonly model: string;
  readonly verdict: 'sure' | 'unsure' | 'ambiguous' | 'nothing';
  /** The rule with the highest score, and the score that it requires; null if no example resembles the message. */
  readonly best: { readonly rule: string; readonly score: number; readonly needs: number } | null;
  readonly second: { readonly rule: string; readonly score: number } | null;
  /** The examples with the largest shares of the best score, positive or negative. */
  readonly examples: readonly ExampleShare[];
  /** The words of the message with their shares of the best score, largest first. */
  readonly words: readonly { readonly word: string; readonly share: number }[];
  /** Words of the message that no example contains. */
  readonly unknown: readonly string[];
}
