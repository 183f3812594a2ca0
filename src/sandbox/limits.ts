import { MINUTE } from '../domain/time.js';
import type { Clock, Instant, Millis } from '../domain/time.js';

/** Calls per minute for each route. */
export interface Limits {
  readonly sendsPerMinute: number;
  readonly readsPerMinute: number;
}

/**
 * Registers a call. Returns null if it is counted and allowed, otherwise the time to wait; a refused call is
 * not counted.
 */
export type Limiter = (route: string) => Millis | null;

/**
 * Counts calls per route in a sliding minute: the limit holds for any minute. Blotato's own limits are per
 * route and minute too (30 sends, 60 reads: its rate-limits page, 2026); how its window moves is not
 * documented.
 */
export function createLimiter(limits: Limits | null, clock: Clock): Limiter {
  const taken = new Map<string, Instant[]>();
  return (route) => {
    if (limits === null) return null;
    const most = route.startsWith('POST ') ? limits.sendsPerMinute : limits.readsPerMinute;
    const now = clock();
    const calls = (taken.get(route) ?? []).filter((at) => at > now - MINUTE);
    taken.set(route, calls);
    if (calls.length < most) {
      calls.push(now);
      return null;
    }
    return (calls[calls.length - most] ?? now) + MINUTE - now;
  };
}
