import { performance } from 'node:perf_hooks';

/** An embedded store stands still while it sums up: at most a fiftieth of its time goes there, however often it is asked. */
const SHARE = 50;

/** Gives the same again for fifty times as long as it took to make; what is made at once is made anew each time. */
export function kept<T>(make: () => Promise<T>): () => Promise<T> {
  let last: { readonly value: T; readonly until: number } | null = null;
  let making: Promise<T> | null = null;
  const renew = async (): Promise<T> => {
    const began = performance.now();
    try {
      const value = await make();
      const ended = performance.now();
      last = { value, until: ended + SHARE * (ended - began) };
      return value;
    } finally {
      making = null;
    }
  };
  return async () => {
    if (last !== null && performance.now() < last.until) return last.value;
    // Who asks meanwhile waits for the same.
    making ??= renew();
    return making;
  };
}
