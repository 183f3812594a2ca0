import { backoff } from '../../blotato/throttle.js';
import type { Send } from '../../domain/send.js';
import { type Instant, type Millis, SECOND } from '../../domain/time.js';
import { type Attempting, follow } from './attempt.js';
import { createSendExpiry } from './send-expiry.js';

export interface Follower {
  /**
   * Checks each send that is due, and yields after each the sends that ended. A check that fails (API or
   * store unavailable) says nothing about its send, and the next one would fail as well, so the round throws
   * there, and the remaining checks run after `rest`. A check that the API refuses is not such a failure: see
   * `reconcile`.
   */
  round(): AsyncGenerator<readonly Send[], void>;
  /** Time of the next check; null if none is due. */
  nextAt(): Promise<Instant | null>;
  /** Records a failed round. Returns the time until which to wait. */
  rest(): Instant;
  /** End of the wait after a failed round; null if no round failed. */
  restsUntil(): Instant | null;
}

/** Minimum time until the next round, even if checks are overdue. */
const SHORTEST_ROUND = SECOND / 4;
/** Maximum number of sends checked per round. */
const BATCH = 50;

/**
 * Monitors sends: reads back the ambiguous ones, checks the accepted ones until their final status, and ends
 * those whose window closed while they waited.
 */
export function createFollower(sending: Attempting): Follower {
  const { store, clock } = sending;
  const expire = createSendExpiry(sending);
  let failures = 0;
  let rests: Instant = -Infinity;
  return {
    async *round() {
      const expired = await expire();
      if (expired.length > 0) yield expired;
      for (const send of await store.dueForCheck(clock(), BATCH)) {
        const ended = await look(send, backoff(failures + 1), sending);
        failures = 0;
        yield ended;
      }
    },
    async nextAt() {
      const next = await store.nextCheckAt();
      return next === null ? null : Math.max(next, clock() + SHORTEST_ROUND);
    },
    rest() {
      failures += 1;
      rests = clock() + backoff(failures);
      return rests;
    },
    restsUntil() {
      // A longer wait can only result from a clock that was set back, so it is ignored.
      if (rests - clock() > backoff(failures)) rests = -Infinity;
      return clock() < rests ? rests : null;
    },
  };
}

/** A failed check goes to the back of the queue after `wait`, so that it does not delay the others. */
async function look(send: Send, wait: Millis, sending: Attempting): Promise<readonly Send[]> {
  const { store, clock, signal } = sending;
  try {
    return await follow(send, sending);
  } catch (error) {
    if (!signal.aborted) await store.postponeCheck(send, clock() + wait, 'uncounted');
    throw error;
  }
}
