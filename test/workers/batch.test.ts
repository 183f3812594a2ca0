import { describe, expect, it } from 'vitest';
import { createBatch } from '../../src/store/postgres/batch.js';
import { untilReached } from '../../src/workers/until-reached.js';

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

describe('a worker that is started while the database cannot be reached', () => {
  const lost = Object.assign(new Error('the database system is starting up'), { code: '57P03' });
  const stopping = new AbortController();

  it('tries again, but neither after another error, nor for ever', async () => {
    const outcomes: unknown[] = [lost, lost, 'started'];
    const work = async (): Promise<unknown> => {
      const next = outcomes.shift();
      if (next instanceof Error) throw next;
      return next;
    };
    const options = { stopping: stopping.signal, wait: 1 };
    expect(await untilReached(work, options)).toBe('started');
    outcomes.push(new Error('no such table'), 'never');
    await expect(untilReached(work, options)).rejects.toThrow('no such table');
    await expect(untilReached(() => Promise.reject(lost), { ...options, most: 5 })).rejects.toBe(lost);
  });
});
