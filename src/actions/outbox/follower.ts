import { backoff } from '../../blotato/throttle.js';
import type { Send } from '../../domain/send.js';
import { type Instant, type Millis, SECOND } from '../../domain/time.js';
import { type Attempting, follow } from './attempt.js';
import { createSendExpiry } from './send-expiry.js';

export interface Follower {
  /**
   * Looks at each send that is due, and gives after each what ended by it. A look that fails says nothing about its
   * send, and the next one would fail as well: the API is away, or the store. So the round throws there, and the rest
   * goes on after `rest`. A look that the API refuses is none of these: see `reconcile`.
   */
  round(): AsyncGenerator<readonly Send[], void>;
  /** When the next look is due; null: none is. */
  nextAt(): Promise<Instant | null>;
  /** A round has failed. Gives until when to leave it. */
  rest(): Instant;
  /** Until when it rests; null: it does not. */
  restsUntil(): Instant | null;
}

/** However late a look is, the next round comes no sooner. */
const SHORTEST_ROUND = SECOND / 4;
/** Sends looked at in one round. */
const BATCH = 50;

/**
 * Looks after sends: reads back the ambiguous ones, follows the accepted ones to their final status, and ends those
 * whose window closed while they waited.
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
      // Nothing rests for longer, unless our clock was set back meanwhile.
      if (rests - clock() > backoff(failures)) rests = -Infinity;
      return clock() < rests ? rests : null;
    },
  };
}

/** A look that fails goes to the back of the queue, for `wait`: it does not keep the others waiting. */
async function look(send: Send, wait: Millis, sending: Attempting): Promise<readonly Send[]> {
  const { store, clock, signal } = sending;
  try {
    return await follow(send, sending);
  } catch (error) {
    if (!signal.aborted) await store.postponeCheck(send, clock() + wait, 'uncounted');
    throw error;
  }
}
