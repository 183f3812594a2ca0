import type { Send } from '../../domain/send.js';
import { type Clock, type Instant, type Millis, MINUTE } from '../../domain/time.js';
import type { Store } from '../../store/store.js';
import { noteOn, subjectOf } from './deliver.js';
import type { GuardSettings } from '../guards/guard.js';
import { windowClosed } from '../guards/window-closed.js';
import { PLATFORM_TABLE } from '../../domain/platforms.js';

export interface ExpiryParts {
  readonly store: Store;
  readonly guards: GuardSettings;
  readonly clock: Clock;
  readonly onEnded: (send: Send) => void;
}

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
 * the budget. Without it their events would be called `queued` for as long as the trouble lasts. Returns how many.
 * Throws what the store throws.
 */
export function createExpiry({ store, guards, clock, onEnded }: ExpiryParts): () => Promise<number> {
  let nextAt: Instant = -Infinity;

  async function isOver(send: Send): Promise<boolean> {
    const facts = await store.guardFacts(send, clock());
    const objection = windowClosed.ask(subjectOf(send), facts, guards);
    if (objection === null) return false;
    const why = { reason: objection.reason, detail: noteOn(send, objection) };
    if (!(await store.stopWaiting(send, why, clock()))) return false;
    onEnded({ ...send, ...why, state: 'stopped' });
    return true;
  }

  return async () => {
    const now = clock();
    if (now < nextAt && nextAt - now <= EVERY) return 0;
    nextAt = now + EVERY;
    let ended = 0;
    for (const send of await store.waitingSince(now - SHORTEST_WINDOW, BATCH)) {
      if (await isOver(send)) ended += 1;
    }
    // More of them may be behind these.
    if (ended === BATCH) nextAt = now;
    return ended;
  };
}
