import { describe, expect, it } from 'vitest';
import { soak } from './soak.js';

// `npm run soak -- --kills 1000 --faults all` is the long one.
describe('the built program, killed at random while API calls fail', () => {
  it('replies once to every contact: nothing is lost, nothing is doubled', { timeout: 700_000 }, async () => {
    const result = await soak({ kills: 8, seed: 1, faults: 'all' });
    expect(result).toMatchObject({
      broken: [],
      silent: [],
      lost: [],
      doubled: [],
      unknownForNothing: [],
      wrongReason: [],
    });
    expect(result.kills).toBeGreaterThanOrEqual(8);
    expect(result.accepted).toBeGreaterThan(8);
  });
});
