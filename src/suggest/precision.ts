import { CERTAINTIES, type Certainty } from '../domain/meaning.js';
import { wilson } from '../domain/wilson.js';
import { LEAST_SCORE } from '../engine/meaning/constants.js';

/** A judged message with its score for the rule. */
export interface Judged {
  readonly score: number;
  readonly isRight: boolean;
}

/** Precision of a rule at a certainty, by judged messages. */
export interface Precision {
  readonly certainty: Certainty;
  readonly judged: number;
  readonly right: number;
  /** Wilson interval of the share of right replies, 95 %; null without judged messages. */
  readonly low: number | null;
  readonly high: number | null;
}

/** A certainty fits if the share of right replies is surely at least this high. */
const LEAST_PRECISION = 0.8;
/** With fewer judged messages nothing is advised. */
const FEWEST_JUDGED = 10;

/** Precision at each certainty, the most careful first. */
export function precisions(judged: readonly Judged[]): readonly Precision[] {
  return CERTAINTIES.map((certainty) => {
    const answered = judged.filter(({ score }) => score >= LEAST_SCORE[certainty]);
    const right = answered.filter(({ isRight }) => isRight).length;
    const [low = null, high = null] = wilson(right, answered.length) ?? [];
    return { certainty, judged: answered.length, right, low, high };
  });
}

/** Advice by the judgements of a rule: a certainty, to leave it off, or to judge more messages. */
export type Advice = Certainty | 'off' | 'judge_more';

/** The boldest certainty whose precision is surely high enough. */
export function adviceOf(all: readonly Precision[]): Advice {
  const fitting = all.filter(({ low, judged }) => judged >= FEWEST_JUDGED && (low ?? 0) >= LEAST_PRECISION);
  const boldest = fitting.at(-1);
  if (boldest) return boldest.certainty;
  // More messages can only help where the upper end of the interval is high enough.
  const isOpen = all.some(({ high }) => high === null || high >= LEAST_PRECISION);
  const isFew = Math.max(...all.map(({ judged }) => judged)) < FEWEST_JUDGED;
  return isFew || isOpen ? 'judge_more' : 'off';
}
