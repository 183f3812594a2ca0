import type { Send } from '../../domain/send.js';
import { type Instant, type Millis, MINUTE } from '../../domain/time.js';
import { PLATFORM_TABLE } from '../../domain/platforms.js';
import { isTooLate } from './ask-guards.js';
import type { Sending } from './sending.js';

/** How often sends that wait are asked whether their window has closed. */
const EVERY: Millis = MINUTE;
const BATCH = 200;

/** Nothing that waits for less time than the shortest window can have missed it. */
const SHORTEST_WINDOW: Millis = Math.min(
  ...Object.values(PLATFORM_TABLE).flatMap(({ replyWindow, privateReplyWithin }) =>
    [replyWindow, privateReplyWithin].filter((length) => length !== null),
  ),
);

/**
 * Ends sends whose window closed while they waited: for a server that was away, for an account that is blocked, for
 * the budget. Without it their events would be called `queued` for as long as the trouble lasts. Returns those
 * it ended. Throws what the store throws.
 */
export function createSendExpiry(sending: Sending): () => Promise<readonly Send[]> {
  const { store, clock } = sending;
  let nextAt: Instant = -Infinity;
  return async () => {
    const now = clock();
    if (now < nextAt && nextAt - now <= EVERY) return [];
    nextAt = now + EVERY;
    const ended: Send[] = [];
    for (const send of await store.waitingSince(now - SHORTEST_WINDOW, BATCH)) {
      const why = await isTooLate(send, sending);
      if (why !== null && (await store.stopWaiting(send, why, clock()))) {
        ended.push({ ...send, ...why, state: 'stopped' });
      }
    }
    // More of them may be behind these.
    if (ended.length === BATCH) nextAt = now;
    return ended;
  };
}
