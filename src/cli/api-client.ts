import { type BlotatoClient, blotatoClient } from '../blotato/client.js';
import { type CallLedger, readThrottle } from '../blotato/throttle.js';
import type { Instant } from '../domain/time.js';

/** A client for a command that makes a few reads, and counts them in memory. The caller closes it. */
export function apiClient(
  blotato: { readonly baseUrl: string; readonly apiKey: string },
  perMinute: number,
): BlotatoClient {
  return blotatoClient({
    ...blotato,
    clock: Date.now,
    throttle: readThrottle({
      ledger: ledgerInMemory(),
      perMinute,
      clock: Date.now,
    }),
  });
}

function ledgerInMemory(): CallLedger {
  const calls: { readonly route: string; readonly at: Instant }[] = [];
  return {
    async countCall(route, { since, most }, now) {
      const made = calls.filter((call) => call.route === route && call.at > since);
      if (made.length >= most) return made[0]?.at ?? since;
      calls.push({ route, at: now });
      return null;
    },
  };
}
