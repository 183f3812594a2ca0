import type { Send } from '../../domain/send.js';
import { type Instant, type Millis, MINUTE } from '../../domain/time.js';
import { PLATFORM_TABLE } from '../../domain/platforms.js';
import { isTooLate } from './ask-guards.js';
import type { Sending } from './sending.js';

/** Interval of checking waiting sends for a closed window. */
const EVERY: Millis = MINUTE;
const BATCH = 200;

/** A send that has waited for less than the shortest window cannot have missed it. */
const SHORTEST_WINDOW: Millis = Math.min(
  ...Object.values(PLATFORM_TABLE).flatMap(({ replyWindow, privateReplyWithin }) =>
    [replyWindow, privateReplyWithin].filter((length) => length !== null),
  ),
);

/**
 * Ends sends whose window closed while they waited for a server, for a blocked account, or for the budget.
 * Otherwise their events would be shown as `queued` for as long as the problem lasts. Returns the sends it
 * ended. Throws the errors of the store.
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
    // The batch was full, so more sends may have expired.
    if (ended.length === BATCH) nextAt = now;
    return ended;
  };
}
