import { setImmediate as turn } from 'node:timers/promises';
import type { Millis } from '../domain/time.js';
import type { Steps } from '../domain/steps.js';

/** Longest time that steps may block the program. */
const LONGEST_STEP: Millis = 1;

/** Runs the steps with pauses, in which the program continues. */
export async function inTurns<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const until = performance.now() + LONGEST_STEP;
    do {
      const step = steps.next();
      if (step.done === true) return step.value;
    } while (performance.now() < until);
    await turn();
  }
}
