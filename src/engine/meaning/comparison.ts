import type { ExampleSpec } from '../../domain/meaning.js';
import { LEAST_SCORE } from './constants.js';
import type { Reading } from './reading.js';

/** Outcome of comparing a message with the examples of one rule: the value of the fact `examples`. */
export class Comparison {
  readonly holds: boolean;
  /** Score of the rule as text, with the rule that has a higher or equal score. */
  readonly says: string;

  constructor(holds: boolean, says: string) {
    this.holds = holds;
    this.says = says;
  }
}

const NOT_COMPARED = new Comparison(false, 'no rule with examples may apply here');

export function comparisonFor(reading: Reading | null, rule: string): Comparison {
  if (reading === null) return NOT_COMPARED;
  const score = reading.scoreOf(rule);
  const { best, second, verdict } = reading;
  const isBest = score > 0 && score === best?.score;
  const rival = isBest ? (verdict === 'ambiguous' ? second : null) : best;
  const beside = rival === null || score === 0 ? '' : `; "${rival.rule}" has ${shownScore(rival.score)}`;
  return new Comparison(reading.meant.includes(rule), `score ${shownScore(score)}${beside}`);
}

export function saysExamples({ certainty }: ExampleSpec): string {
  return `resembles its examples (${certainty}: score ${shownScore(LEAST_SCORE[certainty])} or more)`;
}

/**
 * Formats a score with two digits. A negative score means that the message resembles the examples of other
 * rules.
 */
export function shownScore(score: number): string {
  return Math.max(0, score).toFixed(2);
}

/** Details of a doubt: the score, the required score, and the nearest example. */
export function saysDoubt(reading: Reading): string {
  const { best, second, verdict } = reading;
  const { examples } = reading.explain();
  const nearest = examples.find(({ rule, share }) => rule === best?.rule && share > 0);
  const like = nearest === undefined ? '' : `; nearest example "${nearest.text}"`;
  const score = `score ${shownScore(best?.score ?? 0)}`;
  return verdict === 'ambiguous'
    ? `${score}, but "${second?.rule ?? ''}" has ${shownScore(second?.score ?? 0)}${like}`
    : `${score}, and the rule needs ${shownScore(best?.needs ?? 0)}${like}`;
}
