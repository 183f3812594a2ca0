import { csvLine } from '../domain/csv.js';
import { branchResults } from '../domain/split.js';
import { DAY } from '../domain/time.js';
import { print, printJson } from './output.js';
import { type CommonOptions, withReader } from './project.js';

const COLUMNS = [
  'rule',
  'split',
  'branch',
  'contacts',
  'wrote',
  'completed',
  'share',
  'low',
  'high',
] as const;
const DIFFERENCE = ['difference', 'difference_low', 'difference_high'] as const;
const DAYS = 30;

/** `export splits`: prints the figures of the branches of splits as CSV, or as JSON, one branch a line. */
export async function exportSplits(options: CommonOptions): Promise<void> {
  await withReader(options, async (store) => {
    const results = branchResults(await store.branchFigures(Date.now() - DAYS * DAY));
    if (!options.json) print(csvLine([...COLUMNS, ...DIFFERENCE]));
    for (const result of results) {
      const { rule, split, branch, contacts, wrote, completed, share, difference } = result;
      if (options.json) printJson(result);
      else {
        const counts = [contacts, wrote, completed, share.value, share.low, share.high];
        const more = difference === null ? ['', '', ''] : [difference.value, difference.low, difference.high];
        print(csvLine([rule, split, branch, ...[...counts, ...more].map(String)]));
      }
    }
  });
}
