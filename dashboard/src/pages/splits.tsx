import type { BranchResult, Share } from '../../../src/domain/split.js';
import { Card } from '../parts.js';

/** The branches of splits: who wrote afterwards, with the interval of 95 %. Nothing without a split. */
export function Splits({
  splits,
  range,
}: {
  readonly splits: readonly BranchResult[];
  readonly range: number;
}) {
  if (splits.length === 0) return null;
  const names = [...new Set(splits.map(nameOf))];
  return (
    <>
      {names.map((name) => (
        <Card key={name} title={name}>
          <p class="quiet">
            Splits of the last {range} days: people who wrote afterwards, with the interval of 95 %.
          </p>
          <table>
            <thead>
              <tr>
                <th>branch</th>
                <th>people</th>
                <th>wrote</th>
                <th>completed</th>
                <th>against hold_out</th>
              </tr>
            </thead>
            <tbody>
              {splits
                .filter((each) => nameOf(each) === name)
                .map(({ branch, contacts, wrote, completed, share, difference }) => (
                  <tr key={branch}>
                    <td>{branch}</td>
                    <td>{contacts.toLocaleString()}</td>
                    <td>
                      {wrote.toLocaleString()}, {inPercent(share)}
                    </td>
                    <td>{completed.toLocaleString()}</td>
                    <td>{difference === null ? '' : inPercent(difference)}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </Card>
      ))}
    </>
  );
}

function nameOf({ rule, split }: BranchResult): string {
  return `${rule}: ${split}`;
}

function inPercent({ value, low, high }: Share): string {
  const percent = (share: number) => (100 * share).toFixed(1);
  return `${percent(value)} % (${percent(low)} to ${percent(high)})`;
}
