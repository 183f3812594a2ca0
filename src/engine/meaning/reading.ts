import type { MeaningTrace } from '../../domain/meaning.js';
import type { MessageText } from '../text/text.js';
import type { Features } from './features.js';
import type { Vector } from './vectors.js';

/** A rule with the score of a message for its examples. */
export interface Scored {
  readonly rule: string;
  readonly score: number;
  /** The score that the rule needs. */
  readonly needs: number;
}

/** Comparison of one message with the examples of the rules of its scope. */
export interface Reading {
  /** Hash of the model. */
  readonly model: string;
  /**
   * `sure`: the message matches a rule. `unsure`: the best score is too low. `ambiguous`: the best score is
   * high enough, but that of another rule is too close. `nothing`: no example resembles the message.
   */
  readonly verdict: MeaningTrace['verdict'];
  readonly best: Scored | null;
  readonly second: Scored | null;
  /** Key of the best meaning; null with `nothing`. */
  readonly key: string | null;
  /** Ids of the matching rules: several if they have the same examples. */
  readonly meant: readonly string[];
  /** Score of a rule; 0 for one outside the scope. */
  readonly scoreOf: (rule: string) => number;
  readonly explain: () => MeaningTrace;
}

/**
 * Trained model of the examples of the rules of one scope. Pure: the same text always gives the same
 * comparison.
 */
export interface Model {
  readonly hash: string;
  readonly read: (text: MessageText) => Reading;
}

/** Features of a message, and its similarity to each training text. */
export interface Compared {
  readonly features: Features;
  readonly vector: Vector;
  readonly cosines: Float64Array;
}
