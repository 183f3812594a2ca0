import { expect, it } from 'vitest';
import { createDueLoop } from '../../src/actions/loop/due-loop.js';

/** A loop over numbers, of which the negative ones fail. */
function aLoop(items: readonly number[], parts: { awaitsNudge?: boolean; isOver?: () => boolean } = {}) {
  const due = [...items];
  const handled: number[] = [];
  const trouble: unknown[] = [];
  const loop = createDueLoop<number>({
    ...{ ...parts, clock: () => 1_000, what: 'counting', nextAt: async () => null },
    due: async (_, limit) => due.splice(0, limit),
    async handle(item) {
      if (item < 0) throw new Error(`no ${item}`);
      await new Promise((resolve) => setImmediate(resolve));
      handled.push(item);
    },
    onTrouble: (what, error) => trouble.push([what, String(error)]),
  });
  return { loop, due, handled, trouble };
}

it('handles all that is due, a few at once', async () => {
  const { loop, handled, trouble } = aLoop([1, 2, 3, 4, 5, 6]);
  loop.start();
  await loop.drained();
  expect([handled, trouble, loop.nextAt()]).toEqual([[1, 2, 3, 4, 5, 6], [], null]);
});

it('waits for the first nudge if told to, and handles nothing after a stop', async () => {
  const { loop, due, handled } = aLoop([1], { awaitsNudge: true });
  loop.start();
  await loop.drained();
  expect(handled).toEqual([]);
  loop.nudge();
  await loop.drained();
  await loop.stop();
  due.push(2);
  loop.nudge();
  await loop.drained();
  expect(handled).toEqual([1]);
});

it('reports an error when the others have ended, and tries again later', async () => {
  const { loop, handled, trouble } = aLoop([-1, 2, 3]);
  loop.start();
  await loop.drained();
  expect([handled, trouble]).toEqual([[2, 3], [['counting', 'Error: no -1']]]);
  expect(loop.nextAt()).toBe(11_000);
  await loop.stop();
});

it('leaves the rest to the next cycle when this one is over', async () => {
  const { loop, handled } = aLoop([1, 2, 3, 4, 5], { isOver: () => true });
  loop.start();
  await loop.drained();
  expect([handled, loop.nextAt()]).toEqual([[1, 2, 3, 4], 1_000]);
});
