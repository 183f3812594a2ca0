import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../src/domain/time.js';
import { createPace } from '../../src/poller/pace.js';
import { TUESDAY } from '../builders.js';

/**
 * Ticks at the given interval for the given time, with new messages at the given times. Returns the times of the
 * polls, in seconds from the start.
 */
function polls({
  every = SECOND,
  lasts = 10 * MINUTE,
  readsPerMinute = 1_000,
  news = () => false,
  pages = 1,
  isLookedFor = () => false,
}: {
  every?: number;
  lasts?: number;
  readsPerMinute?: number;
  news?: (second: number) => boolean;
  pages?: number;
  isLookedFor?: () => boolean;
}): number[] {
  const calls: number[] = [];
  const callsSince = (since: number) => calls.filter((at) => at > since).length;
  const pace = createPace({ readsPerMinute });
  const at: number[] = [];
  for (let passed = 0; passed < lasts; passed += every) {
    const now = TUESDAY + passed;
    if (!pace.isDue({ now, calls: callsSince(now - MINUTE), isLookedFor: isLookedFor() })) continue;
    at.push(passed / SECOND);
    for (let page = 0; page < pages; page += 1) calls.push(now);
    pace.polled(now, news(passed / SECOND) ? 1 : 0);
  }
  return at;
}

const gaps = (at: readonly number[]): number[] => at.slice(1).map((second, n) => second - at[n]!);

describe('the interval between polls', () => {
  it('is that of the schedule while messages arrive', () => {
    expect(polls({ lasts: 2 * MINUTE, news: (second) => second % 10 === 0 })).toHaveLength(120);
  });

  it('grows to half a minute while no messages arrive', () => {
    const all = gaps(polls({ lasts: 30 * MINUTE }));
    expect(all.slice(0, 20).every((gap) => gap === 1)).toBe(true);
    expect(all.at(-1)).toBe(30);
    expect(all).toEqual([...all].sort((a, b) => a - b));
  });

  it('is that of the schedule again after the first new message', () => {
    const at = polls({ lasts: 20 * MINUTE, news: (second) => second > 15 * 60 });
    expect(gaps(at.filter((second) => second > 15 * 60 + 31)).every((gap) => gap === 1)).toBe(true);
  });

  it('is that of the schedule after a list that could not be read', () => {
    const pace = createPace({ readsPerMinute: 60 });
    const due: boolean[] = [];
    for (let n = 0; n < 100; n += 1) {
      const now = TUESDAY + n * 5 * SECOND;
      const isDue = pace.isDue({ now, calls: 0, isLookedFor: false });
      if (isDue) pace.polled(now, null);
      due.push(isDue);
    }
    expect(due).not.toContain(false);
  });

  it('leaves a quarter of the reads to checks of ambiguous sends, and spreads its own', () => {
    const at = polls({ readsPerMinute: 60, news: () => true, isLookedFor: () => true });
    expect(at.length).toBeLessThanOrEqual(10 * 45 + 2);
    expect(at.length).toBeGreaterThan(10 * 40);
    expect(Math.max(...gaps(at))).toBeLessThanOrEqual(2);
  });

  it('uses every read while no send is ambiguous', () => {
    const at = polls({ every: 500, readsPerMinute: 60, news: () => true });
    expect(at.length).toBeLessThanOrEqual(10 * 60 + 2);
    expect(at.length).toBeGreaterThan(10 * 57);
    expect(Math.max(...gaps(at))).toBeLessThanOrEqual(2);
  });

  it('never uses more reads than its share, except to finish the current walk', () => {
    fc.assert(
      fc.property(
        fc.record({
          every: fc.integer({ min: 200, max: 5_000 }),
          readsPerMinute: fc.integer({ min: 4, max: 120 }),
          pages: fc.integer({ min: 1, max: 5 }),
          looks: fc.boolean(),
        }),
        ({ looks, ...more }) => {
          const at = polls({ ...more, lasts: 3 * MINUTE, news: () => true, isLookedFor: () => looks });
          const { readsPerMinute, pages } = more;
          const most = readsPerMinute * (looks ? 0.75 : 1);
          for (const second of at) {
            const within = at.filter(
              (other) => other <= second && Math.round((second - other) * 1_000) < MINUTE,
            ).length;
            expect(within * pages).toBeLessThanOrEqual(Math.max(1, most) + pages);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
