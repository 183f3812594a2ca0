import type { Instant, Millis } from '../domain/time.js';
import { MINUTE, SECOND } from '../domain/time.js';

/** How long at most a list that stays quiet is left alone. */
const LONGEST: Millis = 30 * SECOND;
/** A list is left alone for this share of the time for which nothing came: news are rarely much later than expected. */
const SHARE_OF_QUIET = 1 / 20;
/** Of the reads of a route, those that polls may use while a send of unknown fate waits: the rest is for looking for it. */
const SHARE_BESIDE_LOOKS = 3 / 4;
/** So many polls may follow each other at once after a while without. */
const MOST_SAVED = 2;

export interface PaceOptions {
  readonly readsPerMinute: number;
}

/** How it is with a list when its pace is asked. */
export interface PaceNow {
  readonly now: Instant;
  /** Calls of the list's route in the last minute, whoever made them. */
  readonly calls: number;
  /** Whether a send of unknown fate has to be looked for in the list. */
  readonly isLookedFor: boolean;
  /** Whether something is due that the list has to be read for first. @default false */
  readonly isAwaited?: boolean;
}

/** When to read one list. The schedule says when it may be; the pace, at each tick, whether it is worth it. */
export interface Pace {
  /** Asked at each tick, once. */
  readonly isDue: (now: PaceNow) => boolean;
  /** After a poll: how many events were new; null when the list could not be read to the end. */
  readonly polled: (now: Instant, found: number | null) => void;
}

/**
 * Quick while something comes, ever slower while nothing does, and never more than its part of the read budget: polls
 * are spread evenly over the minute, and wait when a walk through many pages has used it up. They make room for looks
 * as soon as a send is of unknown fate; the first look at it comes `delivery.visible_within` later.
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
      // A clock that was set back tells nothing of the time passed.
      const passed = polledAt === null || now < polledAt ? Infinity : now - polledAt;
      const quiet = newsAt === null ? 0 : now - newsAt;
      if (!isAwaited && passed < Math.min(LONGEST, quiet * SHARE_OF_QUIET)) return false;
      if (saved < 1 || calls >= most) return false;
      saved -= 1;
      polledAt = now;
      return true;
    },
    polled(now, found) {
      // What failed is tried again at the next tick, and so is all that may be behind it.
      if (found !== 0) newsAt = now;
      newsAt ??= now;
    },
  };
}
