import type { Clock, Instant, Millis } from '../../domain/time.js';

/**
 * The database's time. Workers date by it what they write, so that a worker whose own clock is wrong or is set misleads no
 * other. Each transaction that writes measures it, and in between a clock that nobody can set counts on.
 */
export interface SharedClock {
  readonly now: Clock;
  /** How far this machine's clock was ahead of the database's when it was last measured; below 0: behind. */
  ahead(): Millis;
  /** Measures: `ask` returns the database's time. */
  measure<T>(ask: () => Promise<T>, timeOf: (answer: T) => Instant): Promise<T>;
}

/** `own`: this machine's clock. `steady`: milliseconds since any time, which no clock that is set changes. */
export function createSharedClock(own: Clock, steady: () => Millis = () => performance.now()): SharedClock {
  /** The database's time minus the steady one; null: not measured yet. */
  let offset: Millis | null = null;
  let ahead: Millis = 0;
  return {
    now: () => (offset === null ? own() : Math.round(steady() + offset)),
    ahead: () => ahead,
    async measure(ask, timeOf) {
      const asked = steady();
      const answer = await ask();
      const answered = steady();
      const time = timeOf(answer);
      // It was read at some moment in between. What is known already is kept as far as it fits: an answer that waited
      // for a lock tells little.
      const [least, most] = [time - answered, time - asked];
      offset = offset === null ? (least + most) / 2 : Math.min(most, Math.max(least, offset));
      ahead = Math.round(own() - steady() - offset);
      return answer;
    },
  };
}

/** The database's time in milliseconds, for a list of columns. Not now(), which is when the transaction began. */
export const TIME = 'cast(extract(epoch from clock_timestamp()) * 1000 as bigint)';
