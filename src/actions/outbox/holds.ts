import type { AttemptResult } from '../../domain/attempt.js';
import { EVERY_ACCOUNT } from '../../domain/block.js';
import { LIMITS } from '../../domain/limits.js';
import type { Send } from '../../domain/send.js';
import type { Clock, Instant } from '../../domain/time.js';
import type { Refusals } from './attempt-end.js';
import type { Sending } from './sending.js';

/** Holds on routes of the API after a refusal. */
export interface Holds {
  /** End of the hold; null if the route is not on hold. */
  until(route: string): Instant | null;
  /** Number of refusals in a row. */
  refusals(route: string): number;
  /** `refusals` is the number at the start of the attempt: concurrent refused attempts count as one. */
  note(route: string, outcome: AttemptResult, refusals: number): void;
}

/**
 * Creates the holds, which are only in memory: after a restart the first attempt establishes the state again.
 */
export function createHolds(clock: Clock): Holds {
  const holds = new Map<string, { readonly until: Instant; readonly refusals: number }>();
  const until = (route: string): Instant | null => {
    const found = holds.get(route);
    if (!found || found.until <= clock()) return null;
    // A longer hold can only result from a clock that was set back, so it is ignored.
    return found.until - clock() > LIMITS.retryAfterMost ? null : found.until;
  };
  return {
    until,
    refusals: (route) => holds.get(route)?.refusals ?? 0,
    note(route, { end, holdRoute }, refusals) {
      if (holdRoute !== null) {
        const now = holds.get(route);
        holds.set(route, {
          until: Math.max(holdRoute, now?.until ?? holdRoute),
          refusals: Math.max(refusals + 1, now?.refusals ?? 0),
        });
      }
      // An accepted attempt ends the series. An active hold is not cleared by an attempt that began before
      // it.
      if (['accepted', 'sent', 'failed'].includes(end.state) && until(route) === null) holds.delete(route);
    },
  };
}

/** Number of refusals in a row before this attempt, for the route and for the account (or the key). */
export async function refusalsBefore(
  { route, account }: Send,
  { holds, store }: Pick<Sending, 'store'> & { readonly holds: Holds },
): Promise<Refusals> {
  // An error of the store is ignored here: the send is already claimed, and the guards, which run next,
  // handle the same error.
  const blocks = await store.blocks().catch(() => []);
  const own = blocks.filter((each) => [account, EVERY_ACCOUNT].includes(each.account));
  return {
    route: holds.refusals(route),
    account: Math.max(0, ...own.map(({ refusals }) => refusals)),
  };
}
