import type { Millis } from '../domain/time.js';
import { differences, type FileState, type FileStates } from './file-states.js';

/** Time for which a file that was put in place as a whole must stay the same. */
const GRACE: Millis = 100;

/** Returns true if the changed file was put in place as a whole. */
export type IsWhole = (path: string, state: FileState) => boolean;

export interface Settling {
  /**
   * Takes the states of this time. Returns the time until the changes since the last report are settled: null if
   * nothing changed, and 0 or less if they are settled, which reports them.
   */
  check(states: FileStates, now: Millis, isWhole: IsWhole): Millis | null;
}

/**
 * Decides when changed files may be read: once all files are the same for the time `quiet`, so that none is read while
 * it is written. A single file that was put in place as a whole has to be the same for a moment only, unless another
 * change was seen within the time `quiet` before: of several files that are replaced one after the other, at most the
 * first is read before the others.
 */
export function createSettling(first: FileStates, quiet: Millis): Settling {
  let reported = first;
  let seen = first;
  /** Times of the last two changes. */
  let last: Millis = -Infinity;
  let previous: Millis = -Infinity;
  return {
    check(states, now, isWhole) {
      if (differences(seen, states).length > 0) [previous, last] = [last, now];
      seen = states;
      const [path, ...others] = differences(reported, states);
      if (path === undefined) return null;
      const state = states.get(path);
      const isAlone = others.length === 0 && last - previous >= quiet;
      const isSoon = isAlone && state && isWhole(path, state);
      const left = last + (isSoon ? GRACE : quiet) - now;
      if (left <= 0) reported = states;
      return left;
    },
  };
}
