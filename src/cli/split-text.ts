import { type BranchResult, type BranchFigure, branchResults, type Share } from '../domain/split.js';
import { print } from './output.js';

const NAME = 12;

/** Prints the results of splits in the last 30 days. Prints nothing without any. */
export function printSplits(figures: readonly BranchFigure[]): void {
  if (figures.length === 0) return;
  print('splits   of the last 30 days: contacts who wrote afterwards, with the interval of 95 %');
  let before = '';
  for (const result of branchResults(figures)) {
    const title = `${result.rule} ${result.split}`;
    if (title !== before) print(`  ${title}`);
    before = title;
    print(`    ${lineOf(result)}`);
  }
}

function lineOf({ branch, contacts, wrote, completed, share, difference }: BranchResult): string {
  const against = difference === null ? '' : `  against hold_out ${signed(difference)}`;
  const name = branch.padEnd(NAME);
  return `${name} ${String(contacts).padStart(7)}  wrote ${wrote} = ${percents(share)}  completed ${completed}${against}`;
}

function percents({ value, low, high }: Share): string {
  return `${percent(value)} % (${percent(low)} to ${percent(high)})`;
}

function signed({ value, low, high }: Share): string {
  return `${value < 0 ? '' : '+'}${percent(value)} points (${percent(low)} to ${percent(high)})`;
}

const percent = (share: number): string => (100 * share).toFixed(1);
