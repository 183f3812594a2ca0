import { type Clock, type Instant, MINUTE } from '../domain/time.js';

/** Wrong tokens in a minute, from wherever they come, before all have to wait. */
const MOST_WRONG = 5;

/** Counts wrong tokens. Each way of giving one has its own: who guesses by one keeps nobody out of the other. */
export interface Guesses {
  isTooOften(): boolean;
  wrong(): void;
}

export function createGuesses(clock: Clock): Guesses {
  const wrong: Instant[] = [];
  return {
    isTooOften() {
      while (wrong[0] !== undefined && wrong[0] <= clock() - MINUTE) wrong.shift();
      return wrong.length >= MOST_WRONG;
    },
    wrong: () => void wrong.push(clock()),
  };
}
