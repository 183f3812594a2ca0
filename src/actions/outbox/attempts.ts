import { EVERY_ACCOUNT } from '../../domain/block.js';
import { LIMITS } from '../../domain/limits.js';
import type { Send, SendRoute } from '../../domain/send.js';
import { type Instant, SECOND } from '../../domain/time.js';
import type { Store } from '../../store/store.js';
import type { Refusals } from './attempt-end.js';
import type { Delivered } from '../../domain/attempt.js';
import { deliver, type DeliverParts } from './deliver.js';
import { createHolds } from './holds.js';
import { createKeyProbe } from './key-probe.js';
import type { AttemptEnd } from '../../domain/attempt.js';
import type { SendBudget } from '../../store/ports/outbox.js';

/** How soon a store in trouble is tried again. */
export const TRY_AGAIN = SECOND;

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
  const { store, clock, budget } = parts;
  const holds = createHolds(clock);
  const askKey = createKeyProbe(parts, signal);
  const unsettled = new Map<number, { readonly send: Send; readonly end: AttemptEnd }>();

  function note({ route }: Send, { end, holdRoute }: Delivered, refusals: Refusals): void {
    if (holdRoute !== null) holds.hold(route, holdRoute, refusals.route);
    if (['accepted', 'sent', 'failed'].includes(end.state)) holds.free(route);
    if ('checkAt' in end) wake(end.checkAt);
    if ('notBefore' in end) wake(end.notBefore);
    if ('block' in end) wake(end.block.probeAt);
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
      const key = await askKey();
      if (!key.isGood) {
        wake(key.askAt);
        return null;
      }
      const claim = await store.claimSend(route, clock(), { ...budget, margin: LIMITS.minuteMargin });
      if (claim.send === null && claim.retryAt !== null) wake(claim.retryAt);
      return claim.send;
    },
    async make(send) {
      const refusals = {
        route: holds.refusals(send.route),
        account: await refusalsOfAccount(send.account, store),
      };
      const outcome = await attempt(send, refusals, parts, signal);
      note(send, outcome, refusals);
      unsettled.set(send.id, { send, end: outcome.end });
      await settle();
      return outcome;
    },
  };
}

async function attempt(
  send: Send,
  refusals: Refusals,
  parts: AttemptParts,
  signal: AbortSignal,
): Promise<Delivered> {
  try {
    return await deliver(send, parts, refusals, signal);
  } catch (error) {
    // It was thrown before the POST, so nothing has left.
    parts.onTrouble('preparing a send', error);
    return notPrepared(error, parts.clock() + TRY_AGAIN);
  }
}

function notPrepared(error: unknown, notBefore: Instant): Delivered {
  const detail = error instanceof Error ? error.message : String(error);
  return { end: { state: 'pending', notBefore, detail, isUncounted: true }, holdRoute: null };
}

/** How often in a row the account was refused, or the key. */
async function refusalsOfAccount(account: string, store: Store): Promise<number> {
  // A store in trouble is met again, and dealt with, when the guards are asked: the send is claimed already.
  const blocks = await store.blocks().catch(() => []);
  const own = blocks.filter((each) => [account, EVERY_ACCOUNT].includes(each.account));
  return Math.max(0, ...own.map((each) => each.refusals));
}
