import { LIMITS } from '../../domain/limits.js';
import type { Clock, Instant } from '../../domain/time.js';

/** Routes of the API that are left alone for a while after a refusal. */
export interface Holds {
  /** Until when; null: it is free. */
  until(route: string): Instant | null;
  /** How often in a row it was refused. */
  refusals(route: string): number;
  /** `refusals` as they were when the attempt began: attempts that were refused side by side count as one. */
  hold(route: string, until: Instant, refusals: number): void;
  /** It was not refused any more. One that is left alone still stays so: that success began before. */
  free(route: string): void;
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
    hold(route, next, refusals) {
      const now = holds.get(route);
      holds.set(route, {
        until: Math.max(next, now?.until ?? next),
        refusals: Math.max(refusals + 1, now?.refusals ?? 0),
      });
    },
    free(route) {
      if (until(route) === null) holds.delete(route);
    },
  };
}
