import type { CallLedger } from '../../src/blotato/throttle.js';
import type { Instant } from '../../src/domain/time.js';

export interface MemoryLedger extends CallLedger {
  readonly calls: readonly { readonly route: string; readonly at: Instant }[];
}

/** The throttle's part of the store, in memory. */
export function memoryLedger(): MemoryLedger {
  const calls: { route: string; at: Instant }[] = [];
  const since = (route: string, from: Instant) =>
    calls.filter((call) => call.route === route && call.at >= from);
  return {
    calls,
    countSince: async (route, from) => since(route, from).length,
    oldestSince: async (route, from) => {
      const times = since(route, from).map((call) => call.at);
      return times.length === 0 ? null : Math.min(...times);
    },
    record: async (route, at) => void calls.push({ route, at }),
  };
}
