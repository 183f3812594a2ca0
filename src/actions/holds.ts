import { LIMITS } from '../domain/limits.js';
import type { Clock, Instant } from '../domain/time.js';

/** What is left alone for a while after it was refused: a route of the API, or an account on every route. */
export interface Holds {
  /** Until when; null: it is free. */
  until(name: string): Instant | null;
  /** How often in a row it was refused. */
  refusals(name: string): number;
  /** `refusals` as they were when the attempt began: attempts that were refused side by side count as one. */
  hold(name: string, until: Instant, refusals: number): void;
  /** It was not refused any more. One that is left alone still stays so: that success began before. */
  free(name: string): void;
  /** Of the names, those that are left alone now. */
  held(names: readonly string[]): readonly string[];
}

/** In memory: after a restart the first attempt finds out anew. */
export function createHolds(clock: Clock): Holds {
  const holds = new Map<string, { readonly until: Instant; readonly refusals: number }>();
  const until = (name: string): Instant | null => {
    const found = holds.get(name);
    if (!found || found.until <= clock()) return null;
    // Nothing is held for longer, unless our clock was set back meanwhile.
    return found.until - clock() > LIMITS.retryAfterMost ? null : found.until;
  };
  return {
    until,
    refusals: (name) => holds.get(name)?.refusals ?? 0,
    hold(name, next, refusals) {
      const now = holds.get(name);
      holds.set(name, {
        until: Math.max(next, now?.until ?? next),
        refusals: Math.max(refusals + 1, now?.refusals ?? 0),
      });
    },
    free(name) {
      if (until(name) === null) holds.delete(name);
    },
    held: (names) => names.filter((name) => until(name) !== null),
  };
}
