import { describe, expect, it } from 'vitest';
import { createBatch } from '../../src/workers/batch.js';

describe('what is gathered', () => {
  it('is done at once, and later what comes later', async () => {
    const done: (readonly number[])[] = [];
    const add = createBatch<number>(1, async (all) => void done.push(all));
    await Promise.all([add(1), add(2), add(3)]);
    await add(4);
    expect(done).toEqual([[1, 2, 3], [4]]);
  });

  it('tells everybody who added to it that it failed, and goes on', async () => {
    let isAway = true;
    const add = createBatch<number>(1, async () => {
      if (isAway) throw new Error('away');
    });
    const failed = await Promise.allSettled([add(1), add(2)]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    isAway = false;
    await expect(add(3)).resolves.toBeUndefined();
  });
});
