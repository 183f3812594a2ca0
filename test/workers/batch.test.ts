import { describe, expect, it } from 'vitest';
import { createBatch } from '../../src/workers/batch.js';

describe('a batch of requests', () => {
  it('runs at once, and later requests in the next batch', async () => {
    const done: (readonly number[])[] = [];
    const add = createBatch<number>(1, async (all) => void done.push(all));
    await Promise.all([add(1), add(2), add(3)]);
    await add(4);
    expect(done).toEqual([[1, 2, 3], [4]]);
  });

  it('rejects all its requests when it fails, and continues', async () => {
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
