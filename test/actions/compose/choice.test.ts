import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choice, turnOf } from '../../../src/actions/compose/choice.js';

describe('the seeded choice of a text', () => {
  it('is the same for the same seed, and spread evenly over many seeds', () => {
    expect(choice('a')).toBe(choice('a'));
    const halves = Array.from({ length: 1_000 }, (_, n) => choice(`seed-${n}`)).filter((each) => each < 0.5);
    expect(halves.length).toBeGreaterThan(420);
    expect(halves.length).toBeLessThan(580);
  });
});

describe('the rotation of one_of texts', () => {
  it('uses each text once per round, and none twice in a row', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.string(), (count, seed) => {
        const turns = Array.from({ length: 5 * count }, (_, before) => turnOf(count, before, seed));
        for (let start = 0; start < turns.length; start += count) {
          expect(turns.slice(start, start + count).toSorted((a, b) => a - b)).toEqual([
            ...Array(count).keys(),
          ]);
        }
        if (count > 1) expect(turns.filter((turn, n) => turn === turns[n - 1])).toEqual([]);
      }),
    );
  });

  it('varies the order between rounds', () => {
    const rounds = Array.from({ length: 10 }, (_, round) =>
      [0, 1, 2, 3].map((n) => turnOf(4, 4 * round + n, 'seed')).join(''),
    );
    expect(new Set(rounds).size).toBeGreaterThan(3);
  });
});
