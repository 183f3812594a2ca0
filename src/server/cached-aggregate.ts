import { performance } from 'node:perf_hooks';
import { type Millis, SECOND } from '../domain/time.js';

/** An embedded store stands still while it sums up: at most a fiftieth of its time goes there, however often it is asked. */
const SHARE = 50;
/** Nobody looks at older sums than that, however long they take: on a machine that is busy with something else, say. */
const LONGEST_CACHED: Millis = 20 * SECOND;

/** What is summed up now and then. */
export interface CachedAggregate<T> {
  /** The same again for fifty times as long as it took to make, 20 s at most; what is made at once is made anew. */
  get(): Promise<T>;
  /** Whether what `get` would give now does not know of a change at that moment, in milliseconds of `performance.now()`. */
  isOlderThan(moment: number): boolean;
}

export function cachedAggregate<T>(make: () => Promise<T>): CachedAggregate<T> {
  let last: { readonly value: T; readonly began: number; readonly until: number } | null = null;
  let making: { readonly value: Promise<T>; readonly began: number } | null = null;
  const renew = async (began: number): Promise<T> => {
    try {
      const value = await make();
      const ended = performance.now();
      last = { value, began, until: ended + Math.min(SHARE * (ended - began), LONGEST_CACHED) };
      return value;
    } finally {
      making = null;
    }
  };
  const current = (): typeof last => (last !== null && performance.now() < last.until ? last : null);
  return {
    async get() {
      const known = current();
      if (known) return known.value;
      if (making === null) {
        const began = performance.now();
        making = { value: renew(began), began };
      }
      // Who asks meanwhile waits for the same.
      return making.value;
    },
    isOlderThan: (moment) => {
      const given = current() ?? making;
      return given !== null && given.began <= moment;
    },
  };
}
