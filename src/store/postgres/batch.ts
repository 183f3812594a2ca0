import { setImmediate as moment, setTimeout as delay } from 'node:timers/promises';
import type { Millis } from '../../domain/time.js';

/**
 * Collects items for `wait` milliseconds after the first, and processes them together; 0: only those of the same moment.
 * Each caller's promise settles with the batch.
 */
export function createBatch<T>(
  wait: Millis | (() => Millis),
  work: (all: readonly T[]) => Promise<void>,
): (one: T) => Promise<void> {
  let gathered: T[] = [];
  let next: Promise<void> | null = null;
  return (one) => {
    gathered.push(one);
    next ??= passing(typeof wait === 'number' ? wait : wait()).then(async () => {
      const all = gathered;
      gathered = [];
      next = null;
      await work(all);
    });
    return next;
  };
}

function passing(wait: Millis): Promise<void> {
  return wait === 0 ? moment() : delay(wait);
}
