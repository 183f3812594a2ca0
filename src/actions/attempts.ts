import type { Send, SendRoute } from '../domain/send.js';
import { type Instant, SECOND } from '../domain/time.js';
import type { AttemptEnd, SendBudget } from '../store/store.js';
import type { Refusals } from './attempt-end.js';
import { deliver, type Delivered, type DeliverParts } from './deliver.js';
import { createHolds } from './holds.js';

/** How soon a store in trouble is tried again. */
export const TRY_AGAIN = SECOND;
/**
 * By how much a minute of the budget is longer than a minute: calls do not all travel equally fast, so that those of
 * just over a minute may arrive within one, and the API would refuse the last.
 */
const MARGIN = SECOND;

export interface AttemptParts extends DeliverParts {
  readonly budget: Pick<SendBudget, 'perMinute' | 'perHourPerAccount'>;
  readonly onTrouble: (what: string, error: unknown) => void;
}

export interface Attempts {
  /** Takes the send that is next on the route; null when nothing may leave now. */
  claim(route: SendRoute): Promise<Send | null>;
  /** Makes an attempt and commits how it ended. */
  make(send: Send): Promise<Delivered>;
  /**
   * Commits what attempts ended with, as far as that failed when they did. Throws what the store throws. Their rows are
   * `sending` for as long, and after a crash ambiguous.
   */
  settle(): Promise<void>;
}

/** Claims and makes attempts, and leaves alone what was refused. `wake` asks to be called again at that time. */
export function createAttempts(
  parts: AttemptParts,
  signal: AbortSignal,
  wake: (at: Instant) => void,
): Attempts {
  const { store, clock, budget, onTrouble } = parts;
  const holds = createHolds(clock);
  const accounts = [...parts.accounts.keys()];
  const unsettled = new Map<number, { readonly send: Send; readonly end: AttemptEnd }>();

  async function attempt(send: Send, refusals: Refusals): Promise<Delivered> {
    try {
      return await deliver(send, parts, refusals, signal);
    } catch (error) {
      // It was thrown before the POST, so nothing has left.
      onTrouble('preparing a send', error);
      const detail = error instanceof Error ? error.message : String(error);
      const notBefore = clock() + TRY_AGAIN;
      return { end: { state: 'pending', notBefore, detail, isUncounted: true }, hold: null };
    }
  }

  function note({ route, account }: Send, { end, hold }: Delivered, refusals: Refusals): void {
    if (hold?.on === 'route') holds.hold(route, hold.until, refusals.route);
    if (hold?.on === 'account') holds.hold(account, hold.until, refusals.account);
    if (['accepted', 'sent', 'failed'].includes(end.state)) [route, account].forEach(holds.free);
    if ('checkAt' in end) wake(end.checkAt);
    if ('notBefore' in end) wake(end.notBefore);
  }

  async function settle(): Promise<void> {
    for (const { send, end } of [...unsettled.values()]) {
      await store.endAttempt(send, end, clock());
      unsettled.delete(send.id);
    }
  }

  return {
    settle,
    async claim(route) {
      const held = holds.until(route);
      if (held !== null) {
        wake(held);
        return null;
      }
      const heldAccounts = holds.held(accounts);
      const claim = await store.claimSend(route, clock(), { ...budget, margin: MARGIN, heldAccounts });
      if (claim.send !== null) return claim.send;
      for (const at of [claim.retryAt, ...heldAccounts.map(holds.until)]) if (at !== null) wake(at);
      return null;
    },
    async make(send) {
      const refusals = { route: holds.refusals(send.route), account: holds.refusals(send.account) };
      const outcome = await attempt(send, refusals);
      note(send, outcome, refusals);
      unsettled.set(send.id, { send, end: outcome.end });
      await settle();
      return outcome;
    },
  };
}
