import type { Clock, Instant, Millis } from '../domain/time.js';

/** The time in which a cycle may begin new work. */
export interface Slice {
  /** Begins the slice at the first call. Returns true once it is over: work under way is finished, and the rest waits. */
  isOver(): boolean;
}

/** Creates a slice of the given length; undefined for a slice that never ends. */
export function createSlice(time: Millis | undefined, clock: Clock): Slice {
  let beganAt: Instant | null = null;
  return {
    isOver() {
      if (time === undefined) return false;
      beganAt ??= clock();
      return clock() - beganAt >= time;
    },
  };
}
