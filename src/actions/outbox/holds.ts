import type { AttemptResult } from '../../domain/attempt.js';
import { EVERY_ACCOUNT } from '../../domain/block.js';
import { LIMITS } from '../../domain/limits.js';
import type { Send } from '../../domain/send.js';
import type { Clock, Instant } from '../../domain/time.js';
import type { Refusals } from './attempt-end.js';
import type { Sending } from './sending.js';

/** Routes of the API that are left alone for a while after a refusal. */
export interface Holds {
  /** Until when; null: it is free. */
  until(route: string): Instant | null;
  /** How often in a row it was refused. */
  refusals(route: string): number;
  /** `refusals` as they were when the attempt began: attempts that were refused side by side count as one. */
  note(route: string, outcome: AttemptResult, refusals: number): void;
}

/** In memory: after a restart the first attempt finds out anew. */
export function createHolds(clock: Clock): Holds {
  const holds = new Map<string, { readonly until: Instant; readonly refusals: number }>();
  const until = (route: string): Instant | null => {
    const found = holds.get(route);
    if (!found || found.until <= clock()) return null;
    // Nothing is held for longer, unless our clock was set back meanwhile.
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
      // It was not refused any more. One that is left alone still stays so: that success began before.
      if (['accepted', 'sent', 'failed'].includes(end.state) && until(route) === null) holds.delete(route);
    },
  };
}

/** How often in a row before this attempt the route was refused, and the account (or the key). */
export async function refusalsBefore(
  { route, account }: Send,
  { holds, store }: Pick<Sending, 'store'> & { readonly holds: Holds },
): Promise<Refusals> {
  // A store in trouble is met again, and dealt with, when the guards are asked: the send is claimed already.
  const blocks = await store.blocks().catch(() => []);
  const own = blocks.filter((each) => [account, EVERY_ACCOUNT].includes(each.account));
  return {
    route: holds.refusals(route),
    account: Math.max(0, ...own.map(({ refusals }) => refusals)),
  };
}
