import type { Clock, Instant, Millis } from '../domain/time.js';

/**
 * The end of the time in which a cycle may begin new work, which begins at the first call. The function returns true once
 * it is over: work under way is finished, and the rest waits. Without a length it never ends.
 */
export function sliceEnd(time: Millis | undefined, clock: Clock): () => boolean {
  let beganAt: Instant | null = null;
  return () => {
    if (time === undefined) return false;
    beganAt ??= clock();
    return clock() - beganAt >= time;
  };
}
