import { SECOND } from '../../domain/time.js';
import type { Instant } from '../../domain/time.js';
import { createAlarm } from './alarm.js';
import { createFollower, type FollowerParts } from './follower.js';
import { createSender, type SenderParts } from './sender.js';

export interface OutboxParts extends SenderParts, FollowerParts {}

export interface Outbox {
  /**
   * Recovers what a former process left and looks after it. Sending begins with the first nudge, after a poll: a human
   * may have written, or a contact opted out, while nothing ran.
   */
  /** `over`: aborted when it was stopped meanwhile, so that nothing begins. */
  start(over?: AbortSignal): Promise<void>;
  /** There may be something to send or to look at. */
  nudge(): void;
  /** Resolves when nothing may be sent now and no look at a send is due before `until`. */
  drained(until: Instant): Promise<void>;
  /** When there is something to do again, if nothing new comes; null: not for all that is known. */
  nextAt(): Instant | null;
  /** Takes nothing new, waits for what is in flight; after `patience` milliseconds it is cut off, and so ambiguous. */
  stop(patience: number): Promise<void>;
}

/**
 * The loop over the outbox: sends what is due, and follows each send until its outcome is known. The states of a send
 * stand above SEND_STATES; those of the loop are:
 *
 * stopped    nothing is claimed. `start` first turns what a former process left `sending` into `ambiguous`.
 * following  started, but `nudge` was not called yet: sends are checked, none is claimed. What the first poll reads
 *            (a human's message, a stop) must count before anything leaves.
 * working    sends are claimed and checked. Each attempt: claim, guards, POST, commit of its end. While such a commit
 *            fails, no other send is claimed.
 * idle       nothing is due. The alarm, set to the earliest known time, or `nudge` lead back to working.
 * stopping   nothing new is claimed; what is in flight may end within the patience of `stop`, and is cut off after
 *            it, which leaves it `ambiguous` for the next start.
 */
export function createOutbox(parts: OutboxParts): Outbox {
  const { store, clock } = parts;
  const cut = new AbortController();
  let isRunning = false;
  let maySend = false;
  const alarm = createAlarm(clock, work);
  const worker = {
    signal: cut.signal,
    isRunning: () => isRunning,
    wake: (at: Instant) => {
      if (isRunning) alarm.setFor(at);
    },
  };
  const sender = createSender(parts, worker);
  const kickSender = (): void => {
    if (maySend) sender.kick();
  };
  const follower = createFollower(parts, worker, { kick: kickSender });

  function work(): void {
    if (!isRunning) return;
    kickSender();
    follower.kick();
  }

  return {
    nudge() {
      maySend = true;
      work();
    },
    async start(over) {
      if (isRunning) return;
      await store.recoverSends(clock() + SECOND);
      if (over?.aborted === true) return;
      isRunning = true;
      work();
    },
    async drained(until) {
      while (isRunning && clock() <= until) {
        await sender.idle();
        const next = await store.nextLookAt();
        if (follower.isIdle() && sender.isIdle() && (next === null || next > until)) return;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    nextAt: alarm.ringsAt,
    async stop(patience) {
      isRunning = false;
      alarm.clear();
      const late = setTimeout(() => cut.abort(new Error('stopping')), patience);
      await sender.idle();
      cut.abort(new Error('stopping'));
      clearTimeout(late);
      await follower.idle();
    },
  };
}
