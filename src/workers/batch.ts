import type { Millis } from '../domain/time.js';

/**
 * Gathers what comes within `wait` of the first, and does it at once. Who added something hears when it is done, or why
 * it could not be.
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
