// Keeps reads below the API's rate limits, which apply to each route separately (Blotato's help page on rate
// limits).
import { setTimeout as delay } from 'node:timers/promises';
import PQueue from 'p-queue';
import { LIMITS } from '../domain/limits.js';
import { MINUTE, SECOND } from '../domain/time.js';
import type { Clock, Instant, Millis } from '../domain/time.js';

/** Log of requests. It is in the store, so that a restart does not get a fresh budget. */
export interface CallLedger {
  /**
   * Counts a request and returns null, unless the route has had `most` requests after `since`: then it returns the time
   * of the oldest of them.
   */
  countCall(
    route: string,
    budget: { readonly since: Instant; readonly most: number },
    now: Instant,
  ): Promise<Instant | null>;
}

export interface ReadThrottle {
  /**
   * Waits until the route may be called, and counts the request. First come, first served within a route;
   * routes do not wait for each other. Rejects with the signal's reason if aborted, and then counts nothing.
   */
  take(route: string, signal: AbortSignal): Promise<void>;
  /**
   * Records that a caller which checked the budget has already counted a request of the route: the next
   * `take` passes at once.
   */
  counted(route: string, at: Instant): void;
  /** Blocks the route until a time. A later, shorter hold does not shorten an existing hold. */
  holdUntil(route: string, until: Instant): void;
}

export interface ReadThrottleOptions {
  readonly ledger: CallLedger;
  /** Requests per route in any window of that length. */
  readonly perMinute: number;
  readonly clock: Clock;
  /** Waits for the given time, or rejects as soon as the signal is aborted. Replaced by tests. */
  readonly sleep?: (length: Millis, signal: AbortSignal) => Promise<void>;
  /** Length of the sliding window. @default one minute; shorter in tests */
  readonly window?: Millis;
  /** End of the hold of each route; passed on when a throttle replaces another. @default empty */
  readonly holds?: Map<string, Instant>;
}

/** Validity of a counted request: if it is made later than this, it is counted again. */
const COUNTED_FOR: Millis = 5 * SECOND;

/**
 * A sliding window per route. Requests are counted in advance, so a crash counts one too many, never one too
 * few.
 */
export function readThrottle(options: ReadThrottleOptions): ReadThrottle {
  const { ledger, perMinute, clock, sleep = sleepFor, window = MINUTE } = options;
  const { holds = new Map<string, Instant>() } = options;
  const queues = new Map<string, PQueue>();
  const counted = new Map<string, Instant>();

  /** True if the next request was already counted. */
  function isCounted(route: string, now: Instant): boolean {
    const at = counted.get(route);
    counted.delete(route);
    return at !== undefined && now >= at && now - at <= COUNTED_FOR && (holds.get(route) ?? now) <= now;
  }

  /** Counts the next request, or returns the time at which the route may be tried again. */
  async function count(route: string, now: Instant): Promise<Instant | null> {
    const held = holds.get(route) ?? now;
    if (held > now) return held;
    const oldest = await ledger.countCall(route, { since: now - window, most: perMinute }, now);
    // One millisecond more than the window: a request counts until it is older than the window.
    return oldest === null ? null : oldest + window + 1;
  }

  async function waitForTurn(route: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const now = clock();
      const freeAt = await count(route, now);
      if (freeAt === null) return;
      const wait = Math.max(0, freeAt - now);
      // Rechecked after the longest possible wait, so that a clock set back cannot block a route for hours.
      await sleep(Math.min(wait, Math.max(window, LIMITS.retryAfterMost)), signal);
    }
  }

  return {
    async take(route, signal) {
      signal.throwIfAborted();
      if (isCounted(route, clock())) return;
      const queue = queues.get(route) ?? new PQueue({ concurrency: 1 });
      queues.set(route, queue);
      await queue.add(() => waitForTurn(route, signal), { signal });
    },
    counted: (route, at) => void counted.set(route, at),
    holdUntil(route, until) {
      holds.set(route, Math.max(until, holds.get(route) ?? until));
    },
  };
}

/**
 * Exponential backoff: the wait after the given number of refusals in a row (1 for the first), up to
 * LIMITS.backoffMost.
 */
export function backoff(refusals: number): Millis {
  return Math.min(LIMITS.backoffFirst * 2 ** (refusals - 1), LIMITS.backoffMost);
}

async function sleepFor(length: Millis, signal: AbortSignal): Promise<void> {
  await delay(length, undefined, { signal });
}
