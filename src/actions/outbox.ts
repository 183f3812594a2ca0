import PQueue from 'p-queue';
import type { Send, SendRoute } from '../domain/send.js';
import { type Clock, type Instant, MINUTE, SECOND } from '../domain/time.js';
import type { SendBudget, Store } from '../store/store.js';
import { confirm } from './confirm.js';
import { deliver, type Delivered, type DeliverParts } from './deliver.js';
import { type LookParts, reconcile } from './reconcile.js';

const ROUTES: readonly SendRoute[] = ['POST /v2/messages', 'POST /v2/comments'];
/** No timer sleeps longer, so that a clock that was set is noticed. */
const LONGEST_SLEEP = MINUTE;

export interface OutboxParts extends DeliverParts, LookParts {
  readonly concurrency: number;
  readonly budget: SendBudget;
  readonly store: Store;
  readonly clock: Clock;
  readonly onAttempt: (send: Send, outcome: Delivered) => void;
  readonly onTrouble: (what: string, error: unknown) => void;
}

export interface Outbox {
  /** Recovers what a former process left and begins to send. */
  start(): Promise<void>;
  /** There may be something to send or to look at. */
  nudge(): void;
  /** Resolves when nothing may be sent now and no look at a send is due before `until`. */
  drained(until: Instant): Promise<void>;
  /** Takes nothing new, waits for what is in flight; after `patience` milliseconds it is cut off, and so ambiguous. */
  stop(patience: number): Promise<void>;
}

/**
 * The worker over the outbox. p-queue bounds how many attempts run at a time; which send is next, and whether a budget
 * allows it, is asked from the store at the moment when there is a place, so the freshest goes first and a restart
 * forgets nothing.
 */
export function createOutbox(parts: OutboxParts): Outbox {
  const { store, clock, budget, concurrency } = parts;
  const queue = new PQueue({ concurrency });
  const cut = new AbortController();
  const steps = new Map<SendRoute, number>(ROUTES.map((route) => [route, 0]));
  const heldUntil = new Map<SendRoute, Instant>();
  let timer: NodeJS.Timeout | undefined;
  let wakeAt = Infinity;
  let isLooking = false;
  let isRunning = false;

  function wake(at: Instant): void {
    if (!isRunning || at >= wakeAt) return;
    clearTimeout(timer);
    wakeAt = at;
    timer = setTimeout(nudge, Math.min(LONGEST_SLEEP, Math.max(0, at - clock())));
  }

  function nudge(): void {
    if (!isRunning) return;
    clearTimeout(timer);
    wakeAt = Infinity;
    for (const route of ROUTES) addStep(route);
    if (!isLooking) {
      isLooking = true;
      void look().finally(() => {
        isLooking = false;
      });
    }
  }

  function addStep(route: SendRoute): void {
    const waiting = steps.get(route) ?? 0;
    if (!isRunning || waiting >= concurrency) return;
    steps.set(route, waiting + 1);
    void queue.add(async () => {
      const goOn = await step(route).catch((error: unknown) => {
        parts.onTrouble('sending', error);
        wake(clock() + SECOND);
        return false;
      });
      steps.set(route, (steps.get(route) ?? 1) - 1);
      if (goOn) {
        // One more for this place and one more for a place that may be free, up to the bound.
        addStep(route);
        addStep(route);
      }
    });
  }

  /** Sends one; false when there is nothing to send now. */
  async function step(route: SendRoute): Promise<boolean> {
    if (!isRunning) return false;
    const held = heldUntil.get(route) ?? 0;
    if (held > clock()) {
      wake(held);
      return false;
    }
    const claim = await store.claimSend(route, clock(), budget);
    if (claim.send === null) {
      if (claim.retryAt !== null) wake(claim.retryAt);
      return false;
    }
    const outcome = await deliver(claim.send, parts, cut.signal);
    if (outcome.holdUntil !== null) heldUntil.set(route, outcome.holdUntil);
    if ('checkAt' in outcome.end) wake(outcome.end.checkAt);
    parts.onAttempt(claim.send, outcome);
    return true;
  }

  async function look(): Promise<void> {
    try {
      for (const send of await store.dueForLook(clock(), 50)) {
        if (cut.signal.aborted || !isRunning) return;
        await (send.state === 'ambiguous' ? reconcile : confirm)(send, parts, cut.signal);
        for (const route of ROUTES) addStep(route);
      }
      const next = await store.nextLookAt();
      if (next !== null) wake(Math.max(next, clock() + SECOND / 4));
    } catch (error) {
      if (cut.signal.aborted) return;
      parts.onTrouble('looking after sends', error);
      wake(clock() + 5 * SECOND);
    }
  }

  return {
    nudge,
    async start() {
      await store.recoverSends(clock() + SECOND);
      isRunning = true;
      nudge();
    },
    async drained(until) {
      while (isRunning) {
        await queue.onIdle();
        const next = await store.nextLookAt();
        if (!isLooking && queue.pending === 0 && (next === null || next > until)) return;
        if (clock() > until) return;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    async stop(patience) {
      isRunning = false;
      clearTimeout(timer);
      const late = setTimeout(() => cut.abort(new Error('stopping')), patience);
      await queue.onIdle();
      cut.abort(new Error('stopping'));
      clearTimeout(late);
      while (isLooking) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
