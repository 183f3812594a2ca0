import { performance } from 'node:perf_hooks';
import { type Millis, SECOND } from '../domain/time.js';

/**
 * Share of the time that aggregate queries may use: an embedded store is blocked during such a query, so at
 * most a fiftieth of the time is used, however often the page requests the aggregate.
 */
const SHARE = 50;
/** Maximum age of a cached aggregate, even if the query takes long, for example on a busy machine. */
const LONGEST_CACHED: Millis = 20 * SECOND;

/** Cached aggregate (stale while revalidate). */
export interface CachedAggregate<T> {
  /**
   * Returns the cached value for fifty times as long as its computation took, at most 20 s; then computes it
   * again.
   */
  get(): Promise<T>;
  /**
   * True if the value that `get` would return is older than a change at that moment, in milliseconds of
   * `performance.now()`.
   */
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
      // Concurrent callers wait for the same computation.
      return making.value;
    },
    isOlderThan: (moment) => {
      const given = current() ?? making;
      return given !== null && given.began <= moment;
    },
  };
}
