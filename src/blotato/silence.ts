import type { Clock, Instant } from '../domain/time.js';

/** Whether the API answers a client: how long calls have waited without an answer to any. */
export interface Silence {
  /** Makes a call that resolves with its answer, and rejects without one. */
  during<T>(call: () => Promise<T>): Promise<T>;
  /** Since when; null: it has answered whatever it was asked. */
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
