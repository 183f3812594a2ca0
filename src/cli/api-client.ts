import { type BlotatoClient, blotatoClient } from '../blotato/client.js';
import { readThrottle } from '../blotato/throttle.js';
import type { Instant } from '../domain/time.js';

/** A client for a command that makes a few reads, and counts them in memory. The caller closes it. */
export function apiClient(
  blotato: { readonly baseUrl: string; readonly apiKey: string },
  perMinute: number,
): BlotatoClient {
  const calls: { readonly route: string; readonly at: Instant }[] = [];
  const since = (route: string, from: Instant) =>
    calls.filter((call) => call.route === route && call.at > from);
  return blotatoClient({
    ...blotato,
    clock: Date.now,
    throttle: readThrottle({
      ledger: {
        countSince: async (route, from) => since(route, from).length,
        oldestSince: async (route, from) => since(route, from)[0]?.at ?? null,
        record: async (route, at) => void calls.push({ route, at }),
      },
      perMinute,
      clock: Date.now,
    }),
  });
}
