// Constants of the comparison with examples. Chosen on half of public sets of messages and judged on the rest
// (`npm run bench:meaning`); no rule file can change them.
import type { Certainty } from '../../domain/meaning.js';

/** Weights of words, pairs of words and characters in the similarity of two texts. */
export const KIND_WEIGHTS = [2, 0.7, 1] as const;

/** Ridge term (regularization): the higher, the less a single example decides alone. */
export const RIDGE = 0.5;

/** Minimum score of the best rule. */
export const LEAST_SCORE: Readonly<Record<Certainty, number>> = { careful: 0.45, normal: 0.33, bold: 0.24 };

/** Minimum distance between the best score and the second one. */
export const LEAST_LEAD = 0.06;

/** Minimum score for a doubt: below it a message resembles no example. */
export const LEAST_DOUBT = 0.15;

/** Target value of a `not` message for its own rule; an example has 1, any other message 0. */
export const NOT_TARGET = -0.5;

/** Kernel of a cosine: a close example counts more than several distant ones. */
export function kernelOf(cosine: number): number {
  return cosine + cosine * cosine;
}
