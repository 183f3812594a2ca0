import { describe, expect, it } from 'vitest';
import { soak, type SoakResult } from './soak.js';

// `npm run soak -- --kills 1000 --faults all` is the long one.
describe('the built program, killed at random while API calls fail', () => {
  it('replies once to every contact: nothing is lost, nothing is doubled', { timeout: 700_000 }, async () => {
    const result = await soak({ kills: 8, seed: 1, faults: 'all', people: true });
    expect(wrongIn(result)).toEqual({});
    expect(result.kills).toBeGreaterThanOrEqual(8);
    expect(result.accepted).toBeGreaterThan(8);
  });
});

/** The first faults of each kind: few enough for the log of a CI run. */
function wrongIn(result: SoakResult): Readonly<Record<string, readonly string[]>> {
  const { broken, silent, lost, doubled, unknownForNothing, wrongReason } = result;
  const kinds = {
    broken,
    silent,
    lost,
    doubled,
    unknownForNothing,
    wrongReason,
    people: result.people?.wrong ?? [],
  };
  return Object.fromEntries(
    Object.entries(kinds)
      .filter(([, each]) => each.length > 0)
      .map(([kind, each]) => [`${kind}: ${each.length}`, each.slice(0, 5)]),
  );
}
