import type { Send } from '../../domain/send.js';
import { type Instant, type Millis, SECOND } from '../../domain/time.js';
import { backoff } from '../../blotato/throttle.js';
import { confirm } from './confirm.js';
import { createExpiry, type ExpiryParts } from './send-expiry.js';
import { type LookParts, reconcile } from './reconcile.js';
import type { Sender, Worker } from './sender.js';

export interface FollowerParts extends LookParts, ExpiryParts {
  readonly onTrouble: (what: string, error: unknown) => void;
}

export interface Follower {
  /** There may be something to look at. */
  kick(): void;
  isIdle(): boolean;
  idle(): Promise<void>;
}

/** However late a look is, the next round comes no sooner. */
const SHORTEST_ROUND = SECOND / 4;
/** Sends looked at in one round. */
const BATCH = 50;

/**
 * Looks after sends: reads back the ambiguous ones, follows the accepted ones to their final status, and ends those
 * whose window closed while they waited.
 */
export function createFollower(
  parts: FollowerParts,
  { signal, isRunning, wake }: Worker,
  sender: Pick<Sender, 'kick'>,
): Follower {
  const { store, clock, onTrouble } = parts;
  const expire = createExpiry(parts);
  let looking: Promise<void> | null = null;
  let failures = 0;
  let restsUntil: Instant = -Infinity;

  /**
   * A look that fails says nothing about its send, and the next one would fail as well: the API is away, or the store.
   * The round ends there, and the rest goes on later. A look that the API refuses is none of these: see `reconcile`.
   */
  async function round(): Promise<void> {
    try {
      await expire();
      for (const send of await store.dueForLook(clock(), BATCH)) {
        if (!isRunning()) return;
        await check(send, backoff(failures + 1), parts, signal);
        failures = 0;
        sender.kick();
      }
      const next = await store.nextLookAt();
      if (next !== null) wake(Math.max(next, clock() + SHORTEST_ROUND));
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      restsUntil = clock() + backoff(failures);
      onTrouble('looking after sends', error);
      wake(restsUntil);
    }
  }

  return {
    kick() {
      if (restsUntil - clock() > backoff(failures)) restsUntil = -Infinity;
      if (clock() < restsUntil) {
        wake(restsUntil);
        return;
      }
      looking ??= round().finally(() => {
        looking = null;
      });
    },
    isIdle: () => looking === null,
    idle: async () => {
      await looking;
    },
  };
}

/** A check that fails goes to the back of the queue, for `wait`: it does not keep the others waiting. */
async function check(send: Send, wait: Millis, parts: FollowerParts, signal: AbortSignal): Promise<void> {
  const { store, clock } = parts;
  try {
    await (send.state === 'ambiguous' ? reconcile : confirm)(send, parts, signal);
  } catch (error) {
    if (!signal.aborted) await store.postponeLook(send, clock() + wait, 'uncounted');
    throw error;
  }
}
