import type { Millis } from '../../domain/time.js';

/**
 * Collects items for `wait` milliseconds after the first, and processes them together. Each caller's promise
 * settles with the batch.
 */
export function createBatch<T>(
  wait: Millis,
  work: (all: readonly T[]) => Promise<void>,
): (one: T) => Promise<void> {
  let gathered: T[] = [];
  let next: Promise<void> | null = null;
  return (one) => {
    gathered.push(one);
    next ??= new Promise<void>((resolve) => setTimeout(resolve, wait)).then(async () => {
      const all = gathered;
      gathered = [];
      next = null;
      await work(all);
    });
    return next;
  };
}
