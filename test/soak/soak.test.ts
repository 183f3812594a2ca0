import { describe, expect, it } from 'vitest';
import { soak } from './soak.js';

describe('the built program, killed at random while calls go wrong', () => {
  it('answers everybody once: nothing is lost, nothing is doubled', { timeout: 480_000 }, async () => {
    const result = await soak({ kills: 30, seed: 1 });
    expect(result).toMatchObject({
      broken: [],
      lost: [],
      doubled: [],
      unknownForNothing: [],
      wrongReason: [],
    });
    expect(result.kills).toBeGreaterThanOrEqual(30);
    expect(result.accepted).toBeGreaterThan(30);
  });
});
