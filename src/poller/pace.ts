import type { Instant, Millis } from '../domain/time.js';
import { MINUTE, SECOND } from '../domain/time.js';

/** Maximum interval between polls of a quiet list. */
const LONGEST: Millis = 30 * SECOND;
/** Backs off in proportion to how long the list has been quiet. */
const SHARE_OF_QUIET = 1 / 20;
/** Share of a route's read budget for polls while a send is ambiguous: the rest is for its checks. */
const SHARE_BESIDE_LOOKS = 3 / 4;
/** Burst size of the token bucket. */
const MOST_SAVED = 2;

export interface PaceOptions {
  readonly readsPerMinute: number;
}

/** State of a list when its pace is queried. */
export interface PaceNow {
  readonly now: Instant;
  /** Requests of the list's route in the last minute, by any process. */
  readonly calls: number;
  /** True if an ambiguous send has to be looked up in the list. */
  readonly isLookedFor: boolean;
  /** True if something is due that needs the list to be read first. @default false */
  readonly isAwaited?: boolean;
}

/**
 * Decides when to read a list. The schedule decides when it may be read; the pace decides at each tick whether
 * it should.
 */
export interface Pace {
  /** True if the list should be read now. To be called exactly once per tick. */
  readonly isDue: (now: PaceNow) => boolean;
  /** Called after a poll with the number of new events; null if the list could not be read completely. */
  readonly polled: (now: Instant, found: number | null) => void;
}

/**
 * Polls often while there is news, less and less often while there is none, and never more than its part of
 * the read budget: polls are spread evenly over the minute, and wait after a walk through many pages. They
 * leave room for checks as soon as a send is ambiguous; its first check comes `delivery.visible_within`
 * later.
 */
export function createPace({ readsPerMinute }: PaceOptions): Pace {
  let newsAt: Instant | null = null;
  let polledAt: Instant | null = null;
  let saved = MOST_SAVED;
  let savedAt: Instant | null = null;

  function save(now: Instant, most: number): void {
    const passed = savedAt === null ? 0 : Math.max(0, now - savedAt);
    saved = Math.min(MOST_SAVED, saved + (passed / MINUTE) * most);
    savedAt = now;
  }

  return {
    isDue({ now, calls, isLookedFor, isAwaited = false }) {
      const most = isLookedFor ? Math.max(1, readsPerMinute * SHARE_BESIDE_LOOKS) : readsPerMinute;
      save(now, most);
      // If the clock was set back, the elapsed time is unknown.
      const passed = polledAt === null || now < polledAt ? Infinity : now - polledAt;
      const quiet = newsAt === null ? 0 : now - newsAt;
      if (!isAwaited && passed < Math.min(LONGEST, quiet * SHARE_OF_QUIET)) return false;
      if (saved < 1 || calls >= most) return false;
      saved -= 1;
      polledAt = now;
      return true;
    },
    polled(now, found) {
      // After a failure the list is polled at the next tick, since there may be news.
      if (found !== 0) newsAt = now;
      newsAt ??= now;
    },
  };
}
