import { describe, expect, it } from 'vitest';
import { limitOf, paged } from '../../src/cli/pages.js';

describe('a list that is read page by page', () => {
  const rows = Array.from({ length: 1_201 }, (_, n) => n);

  it.each([
    ['1', 1, true],
    ['499', 499, true],
    ['500', 500, true],
    ['501', 501, true],
    ['1000', 1_000, true],
    ['1200', 1_200, true],
    ['1201', 1_201, false],
    ['1000000', 1_201, false],
    ['all', 1_201, false],
  ])('with --limit %s has %i rows, each once, and knows whether more follow', async (limit, n, isMore) => {
    const seen: number[] = [];
    let largest = 0;
    const more = await paged<number>({
      limit: limitOf(limit),
      async read(size, last = -1) {
        largest = Math.max(largest, size);
        return rows.slice(last + 1, last + 1 + size);
      },
      each: (page) => void seen.push(...page),
    });
    expect(seen).toEqual(rows.slice(0, n));
    expect(more).toBe(isMore);
    expect(largest).toBeLessThanOrEqual(501);
  });

  it.each(['0', '-1', '1.5', 'ALL', '', '1000001'])('--limit %j is refused with a fix', (limit) => {
    expect(() => limitOf(limit)).toThrow(/--limit is ".*"; fix: write a whole number/u);
  });
});
