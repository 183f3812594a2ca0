import PQueue from 'p-queue';
import type { Send, SendRoute } from '../domain/send.js';
import { type Instant, SECOND } from '../domain/time.js';
import type { SendBudget } from '../store/store.js';
import { deliver, type Delivered, type DeliverParts } from './deliver.js';

const ROUTES: readonly SendRoute[] = ['POST /v2/messages', 'POST /v2/comments'];

export interface SenderParts extends DeliverParts {
  /** How many attempts may run at a time. */
  readonly concurrency: number;
  readonly budget: SendBudget;
  /** In shadow nothing leaves, not even what was decided live before: it waits. */
  readonly mode: 'live' | 'shadow';
  readonly onAttempt: (send: Send, outcome: Delivered) => void;
  readonly onTrouble: (what: string, error: unknown) => void;
}

/** The worker that sender and follower are parts of. */
export interface Worker {
  /** Aborted when what is in flight has to be cut off. */
  readonly signal: AbortSignal;
  readonly isRunning: () => boolean;
  /** Asks to be kicked again at that time. */
  readonly wake: (at: Instant) => void;
}

export interface Sender {
  /** There may be something to send. */
  kick(): void;
  isIdle(): boolean;
  idle(): Promise<void>;
  /** Sends whose end could not be committed: nobody knows what became of them. Taking them empties the list. */
  takeUnsettled(): readonly Send[];
}

/**
 * Sends what is due. p-queue bounds how many attempts run at a time; which send is next, and whether a budget allows
 * it, is asked from the store at the moment when there is a place, so that the freshest goes first and a restart
 * forgets nothing.
 */
export function createSender(parts: SenderParts, { signal, isRunning, wake }: Worker): Sender {
  const { store, clock, budget, concurrency, onTrouble } = parts;
  const queue = new PQueue({ concurrency });
  const waiting = new Map<SendRoute, number>(ROUTES.map((route) => [route, 0]));
  const heldUntil = new Map<SendRoute, Instant>();
  const unsettled: Send[] = [];

  /** Sends one; false when there is nothing to send now. */
  async function step(route: SendRoute): Promise<boolean> {
    if (!isRunning()) return false;
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
    try {
      const outcome = await deliver(claim.send, parts, signal);
      if (outcome.holdUntil !== null) heldUntil.set(route, outcome.holdUntil);
      if ('checkAt' in outcome.end) wake(outcome.end.checkAt);
      parts.onAttempt(claim.send, outcome);
    } catch (error) {
      unsettled.push(claim.send);
      throw error;
    }
    return true;
  }

  function add(route: SendRoute): void {
    const places = waiting.get(route) ?? 0;
    if (!isRunning() || places >= concurrency) return;
    waiting.set(route, places + 1);
    void queue.add(async () => {
      const goesOn = await step(route).catch((error: unknown) => {
        onTrouble('sending', error);
        wake(clock() + SECOND);
        return false;
      });
      waiting.set(route, (waiting.get(route) ?? 1) - 1);
      // One for this place, and one for a place that may be free, up to the bound.
      for (let more = 0; goesOn && more < 2; more += 1) add(route);
    });
  }

  return {
    kick: () => {
      if (parts.mode === 'live') ROUTES.forEach(add);
    },
    isIdle: () => queue.pending === 0 && queue.size === 0,
    idle: () => queue.onIdle(),
    takeUnsettled: () => unsettled.splice(0),
  };
}
