import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takeSplit } from '../../../src/actions/funnel/split.js';
import { choice, turnOf } from '../../../src/actions/compose/choice.js';
import { anEvent, facts } from '../../builders.js';

describe('the seeded choice of a text', () => {
  it('is the same for the same seed, and spread evenly over many seeds', () => {
    expect(choice('a')).toBe(choice('a'));
    const halves = Array.from({ length: 1_000 }, (_, n) => choice(`seed-${n}`)).filter((each) => each < 0.5);
    expect(halves.length).toBeGreaterThan(420);
    expect(halves.length).toBeLessThan(580);
  });
});

describe('the branch of a split', () => {
  const split = (holdOut: number) => ({
    ...{ type: 'split' as const, name: 'a/b', holdOut },
    branches: [
      { name: 'a', weight: 1, to: 1 },
      { name: 'b', weight: 3, to: 2 },
    ],
  });
  const branchOf = (contact: string, holdOut: number) => {
    const event = anEvent({ contact: { id: contact, name: null, username: null } });
    const speaker = { rule: { id: 'pricing', mode: 'live' as const }, keyword: null, groups: {} };
    const { effect } = takeSplit(split(holdOut), speaker, { event, facts: facts() });
    return effect.type === 'branch' ? effect.branch : '';
  };
  const people = Array.from({ length: 2_000 }, (_, n) => `contact-${n}`);

  it('is by weight, the same for a contact, and unchanged for those who are not held out', () => {
    const all = people.map((each) => branchOf(each, 0.1));
    expect(people.map((each) => branchOf(each, 0.1))).toEqual(all);
    const share = (branch: string) => all.filter((each) => each === branch).length / people.length;
    expect(share('hold_out')).toBeCloseTo(0.1, 1);
    expect(share('a') / share('b')).toBeCloseTo(1 / 3, 1);
    const before = people.map((each) => branchOf(each, 0));
    expect(all.every((each, index) => each === 'hold_out' || each === before[index])).toBe(true);
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
