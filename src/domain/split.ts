import { shareDifference, wilson } from './wilson.js';

/** The key of a split that says which share of the contacts gets nothing, and the name of their branch. */
export const HOLD_OUT = 'hold_out';

/** A step that sends each contact along one of several branches, always the same. */
export interface SplitStep {
  readonly type: 'split';
  /** Name within the rule, made of those of its branches. */
  readonly name: string;
  readonly branches: readonly SplitBranch[];
  /** Share of contacts, from 0 to below 1, whose funnel ends here without a further step. */
  readonly holdOut: number;
}

export interface SplitBranch {
  readonly name: string;
  readonly weight: number;
  /** Position of its first step. */
  readonly to: number;
}

/** Figures of one branch: contacts who were sent along it, and what they did afterwards. */
export interface BranchFigure {
  readonly rule: string;
  readonly split: string;
  readonly branch: string;
  readonly contacts: number;
  /** Contacts who wrote to the account after that. */
  readonly wrote: number;
  /** Contacts who completed the funnel. Means nothing for those held out. */
  readonly completed: number;
}

/** A share with its interval of 95 %. */
export interface Share {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A branch with the share of contacts who wrote, and how much it differs from those held out. */
export interface BranchResult extends BranchFigure {
  /** Share of contacts who wrote, as a Wilson interval. */
  readonly share: Share;
  /** Difference of that share to the contacts held out; null without any. */
  readonly difference: Share | null;
}

/** Adds the intervals to the figures of branches. */
export function branchResults(figures: readonly BranchFigure[]): readonly BranchResult[] {
  return figures.map((figure) => {
    const { rule, split, branch, wrote, contacts } = figure;
    const [low, high] = wilson(wrote, contacts) ?? [0, 1];
    const held = figures.find(
      (each) => each.rule === rule && each.split === split && each.branch === HOLD_OUT,
    );
    const difference =
      held === undefined || branch === HOLD_OUT
        ? null
        : shareDifference([wrote, contacts], [held.wrote, held.contacts]);
    return { ...figure, share: { value: contacts === 0 ? 0 : wrote / contacts, low, high }, difference };
  });
}
