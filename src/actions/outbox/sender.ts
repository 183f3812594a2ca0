import PQueue from 'p-queue';
import type { Send, SendRoute } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';
import { type AttemptParts, createAttempts, TRY_AGAIN } from './attempts.js';
import type { Delivered } from '../../domain/attempt.js';

const ROUTES: readonly SendRoute[] = ['POST /v2/messages', 'POST /v2/comments'];

export interface SenderParts extends AttemptParts {
  /** How many attempts may run at a time. */
  readonly concurrency: number;
  /** In shadow nothing leaves, not even what was decided live before: it waits. */
  readonly mode: 'live' | 'shadow';
  readonly onAttempt: (send: Send, outcome: Delivered) => void;
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
}

/**
 * Sends what is due. p-queue bounds how many attempts run at a time; which send is next, and whether a budget allows
 * it, is asked from the store at the moment when there is a place, so that the freshest goes first and a restart
 * forgets nothing.
 */
export function createSender(parts: SenderParts, { signal, isRunning, wake }: Worker): Sender {
  const { clock, concurrency, onTrouble } = parts;
  const queue = new PQueue({ concurrency });
  const waiting = new Map<SendRoute, number>(ROUTES.map((route) => [route, 0]));
  const attempts = createAttempts(parts, signal, wake);

  /** Sends one; false when there is nothing to send now. */
  async function step(route: SendRoute): Promise<boolean> {
    if (!isRunning()) return false;
    // Nothing new leaves while the store cannot keep how the last one went.
    await attempts.settle();
    const send = await attempts.claim(route);
    if (!send) return false;
    parts.onAttempt(send, await attempts.make(send));
    // The other answer of its rule, on the other route, may have waited for this.
    if (send.action !== 'reply') ROUTES.filter((each) => each !== send.route).forEach(add);
    return true;
  }

  function add(route: SendRoute): void {
    const places = waiting.get(route) ?? 0;
    if (!isRunning() || places >= concurrency) return;
    waiting.set(route, places + 1);
    void queue.add(async () => {
      const goesOn = await step(route).catch((error: unknown) => {
        onTrouble('sending', error);
        wake(clock() + TRY_AGAIN);
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
  };
}
