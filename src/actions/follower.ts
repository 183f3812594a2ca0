import type { Send } from '../domain/send.js';
import { SECOND } from '../domain/time.js';
import { confirm } from './confirm.js';
import { type LookParts, reconcile } from './reconcile.js';
import type { Sender, Worker } from './sender.js';

export interface FollowerParts extends LookParts {
  readonly onTrouble: (what: string, error: unknown) => void;
}

export interface Follower {
  /** There may be something to look at. */
  kick(): void;
  isIdle(): boolean;
  idle(): Promise<void>;
}

/** How soon to look again when looking itself failed. */
const LOOK_AGAIN = 5 * SECOND;
/** However late a look is, the next round comes no sooner. */
const SHORTEST_ROUND = SECOND / 4;
/** Sends looked at in one round. */
const BATCH = 50;

/** Looks after sends: reads back the ambiguous ones, and follows the accepted ones to their final status. */
export function createFollower(
  parts: FollowerParts,
  { signal, isRunning, wake }: Worker,
  sender: Pick<Sender, 'kick' | 'takeUnsettled'>,
): Follower {
  const { store, clock, onTrouble } = parts;
  let looking: Promise<void> | null = null;

  async function round(): Promise<void> {
    try {
      await settleUnsettled();
      for (const send of await store.dueForLook(clock(), BATCH)) {
        if (!isRunning()) return;
        await lookAt(send);
        sender.kick();
      }
      const next = await store.nextLookAt();
      if (next !== null) wake(Math.max(next, clock() + SHORTEST_ROUND));
    } catch (error) {
      if (signal.aborted) return;
      onTrouble('looking after sends', error);
      wake(clock() + LOOK_AGAIN);
    }
  }

  /** A look that fails says nothing about the send: it is put off, uncounted, and does not keep the others waiting. */
  async function lookAt(send: Send): Promise<void> {
    try {
      await (send.state === 'ambiguous' ? reconcile : confirm)(send, parts, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      onTrouble('looking after a send', error);
      await store.postponeLook(send, clock() + LOOK_AGAIN, 'uncounted');
    }
  }

  /** The POST was made but its end could not be committed: from here on as after a crash. */
  async function settleUnsettled(): Promise<void> {
    for (const send of sender.takeUnsettled()) {
      const detail = 'how the attempt ended could not be kept';
      await store.endAttempt(send, { state: 'ambiguous', checkAt: clock() + SECOND, detail }, clock());
    }
  }

  return {
    kick() {
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
