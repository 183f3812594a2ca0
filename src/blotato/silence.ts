import type { Clock, Instant } from '../domain/time.js';

/** Measures how long calls to the API have waited without a response to any of them. */
export interface Silence {
  /** Makes a call that resolves with its response, and rejects if no response comes. */
  during<T>(call: () => Promise<T>): Promise<T>;
  /** Start of the time without a response; null if the last call got one and no call is waiting. */
  since(): Instant | null;
}

export function createSilence(clock: Clock): Silence {
  let waiting = 0;
  let since: Instant | null = null;
  return {
    async during(call) {
      waiting += 1;
      since ??= clock();
      try {
        const answer = await call();
        since = waiting > 1 ? clock() : null;
        return answer;
      } finally {
        waiting -= 1;
      }
    },
    since: () => since,
  };
}
