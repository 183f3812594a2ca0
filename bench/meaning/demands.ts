// Shares that the comparison with examples must reach, and whether it does.
import type { Shares } from './trial.js';

/** Bounds in percent. */
export interface Demand {
  readonly right: number;
  readonly false: number;
  readonly precision: number;
  /** Maximum share of answered messages of topics without a rule. */
  readonly near?: number;
}

const CAREFUL: Demand = { right: 45, false: 0.5, precision: 98, near: 3 };
const DEMANDS: Readonly<Record<string, Demand>> = {
  '10 x 10 bold': { right: 82, false: 2.5, precision: 98 },
  '30 x 10 bold': { right: 78, false: 3, precision: 97 },
  '30 x 5 bold': { right: 60, false: 3, precision: 95 },
  '10 x 10 careful': CAREFUL,
  '30 x 10 careful': CAREFUL,
};

/** Least mean of right replies on HINT3 at 3 % false ones. */
export const LEAST_HINT3 = 34;
/** Least ratio of right replies to those of nlp.js, by number of rules. */
export const LEAST_RATIO: Readonly<Record<number, number>> = { 10: 1.4, 30: 2 };

/** The verdict on a row: "holds", or each bound that does not; empty without a demand. */
export function verdictOf(row: string, found: Shares): string {
  const demand = DEMANDS[row];
  if (!demand) return '';
  const broken = [
    found.right < demand.right && `right < ${demand.right}`,
    found.precision < demand.precision && `precision < ${demand.precision}`,
    found.false > demand.false && `false > ${demand.false}`,
    demand.near !== undefined && found.near > demand.near && `near > ${demand.near}`,
  ].filter((each) => each !== false);
  return broken.length === 0 ? 'holds' : `does not hold: ${broken.join(', ')}`;
}
