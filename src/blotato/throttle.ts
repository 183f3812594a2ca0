// Keeps our reads under the API's limits, which count each route on its own (Blotato's help page on rate limits).
import { setTimeout as delay } from 'node:timers/promises';
import PQueue from 'p-queue';
import { LIMITS } from '../domain/limits.js';
import { MINUTE, SECOND } from '../domain/time.js';
import type { Clock, Instant, Millis } from '../domain/time.js';

/** The memory of calls. The store keeps it, so that a restart does not get a fresh budget. */
export interface CallLedger {
  readonly countSince: (route: string, since: Instant) => Promise<number>;
  /** Null when there was no call since then. */
  readonly oldestSince: (route: string, since: Instant) => Promise<Instant | null>;
  readonly record: (route: string, at: Instant) => Promise<void>;
}

export interface ReadThrottle {
  /**
   * Waits until the route may be called, and counts the call. First come, first served within a route; routes do
   * not wait for each other. Rejects with the signal's reason when it is aborted, and then counts nothing.
   */
  take(route: string, signal: AbortSignal): Promise<void>;
  /** A call of the route was counted at that time, by somebody who saw that the budget allows it: the next is let through. */
  counted(route: string, at: Instant): void;
  /** Lets no call of the route through before that time. A hold is never shortened by a later one. */
  holdUntil(route: string, until: Instant): void;
}

export interface ReadThrottleOptions {
  readonly ledger: CallLedger;
  /** Calls per route in any window of that length. */
  readonly perMinute: number;
  readonly clock: Clock;
  /** Waits that long, or rejects as soon as the signal is aborted. For tests. */
  readonly sleep?: (length: Millis, signal: AbortSignal) => Promise<void>;
  /** @default one minute; shorter in tests. */
  readonly window?: Millis;
  /** Until when routes are held. Given where a throttle takes the place of another. @default none */
  readonly holds?: Map<string, Instant>;
}

/** A call that was counted and is not made by then is counted again, at its time. */
const COUNTED_FOR: Millis = 5 * SECOND;

/** A sliding window per route. Counting before the call means that a crash counts one too many, never one too few. */
export function readThrottle(options: ReadThrottleOptions): ReadThrottle {
  const { ledger, perMinute, clock, sleep = sleepFor, window = MINUTE } = options;
  const { holds = new Map<string, Instant>() } = options;
  const queues = new Map<string, PQueue>();
  const counted = new Map<string, Instant>();

  /** Whether the call that is to be made now is counted already. */
  function isCounted(route: string, now: Instant): boolean {
    const at = counted.get(route);
    counted.delete(route);
    return at !== undefined && now >= at && now - at <= COUNTED_FOR && (holds.get(route) ?? now) <= now;
  }

  /** When the route may be called next; `now` or earlier: at once. */
  async function freeAt(route: string, now: Instant): Promise<Instant> {
    const held = holds.get(route) ?? now;
    const since = now - window;
    if ((await ledger.countSince(route, since)) < perMinute) return held;
    const oldest = (await ledger.oldestSince(route, since)) ?? since;
    // One more, because the ledger counts a call that is exactly as old as the window.
    return Math.max(held, oldest + window + 1);
  }

  async function waitForTurn(route: string, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const now = clock();
      const wait = (await freeAt(route, now)) - now;
      if (wait <= 0) {
        await ledger.record(route, now);
        return;
      }
      // Asked again after the longest wait there is, so that a clock set back cannot park a route for hours.
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

/** The wait after the given number of refusals in a row (1: the first), doubling up to LIMITS.backoffMost. */
export function backoff(refusals: number): Millis {
  return Math.min(LIMITS.backoffFirst * 2 ** (refusals - 1), LIMITS.backoffMost);
}

async function sleepFor(length: Millis, signal: AbortSignal): Promise<void> {
  await delay(length, undefined, { signal });
}
