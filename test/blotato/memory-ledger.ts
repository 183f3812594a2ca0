import type { CallLedger } from '../../src/blotato/throttle.js';
import type { Instant } from '../../src/domain/time.js';

export interface MemoryLedger extends CallLedger {
  readonly calls: readonly { readonly route: string; readonly at: Instant }[];
}

/** The throttle's part of the store, in memory. */
export function memoryLedger(): MemoryLedger {
  const calls: { route: string; at: Instant }[] = [];
  return {
    calls,
    async countCall(route, { since, most }, now) {
      const times = calls.filter((call) => call.route === route && call.at >= since).map(({ at }) => at);
      if (times.length >= most) return Math.min(...times);
      calls.push({ route, at: now });
      return null;
    },
  };
}
