import PQueue from 'p-queue';
import type { SendRoute } from '../../domain/send.js';

export const ROUTES: readonly SendRoute[] = ['POST /v2/messages', 'POST /v2/comments'];

export interface Sender {
  /** Signals that there may be something to send. */
  kick(): void;
  isIdle(): boolean;
  idle(): Promise<void>;
}

/**
 * Makes attempts while there are any. p-queue limits how many run at a time; the store is queried for the
 * next send, and for the budget, at the moment when a slot is free, so that the newest goes first and a
 * restart loses nothing. `attempt` returns the routes on which there may be more to send; it must not throw.
 */
export function createSender(
  concurrency: number,
  attempt: (route: SendRoute) => Promise<readonly SendRoute[]>,
): Sender {
  const queue = new PQueue({ concurrency });
  const waiting = new Map<SendRoute, number>(ROUTES.map((route) => [route, 0]));

  function add(route: SendRoute): void {
    const places = waiting.get(route) ?? 0;
    if (places >= concurrency) return;
    waiting.set(route, places + 1);
    void queue.add(async () => {
      const more = await attempt(route);
      waiting.set(route, (waiting.get(route) ?? 1) - 1);
      more.forEach(add);
    });
  }

  return {
    kick: () => ROUTES.forEach(add),
    isIdle: () => queue.pending === 0 && queue.size === 0,
    idle: () => queue.onIdle(),
  };
}
