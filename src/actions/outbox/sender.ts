import PQueue from 'p-queue';
import type { SendRoute } from '../../domain/send.js';

export const ROUTES: readonly SendRoute[] = ['POST /v2/messages', 'POST /v2/comments'];

export interface Sender {
  /** There may be something to send. */
  kick(): void;
  isIdle(): boolean;
  idle(): Promise<void>;
}

/**
 * Makes attempts as long as there are any. p-queue bounds how many run at a time; which send is next, and whether a
 * budget allows it, is asked from the store at the moment when there is a place, so that the freshest goes first and a
 * restart forgets nothing. `attempt` gives the routes on which there may be more to send; it must not throw.
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
