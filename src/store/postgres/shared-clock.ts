import type { Clock, Instant, Millis } from '../../domain/time.js';

/**
 * The database's time. Workers use it to date their writes, so that a worker with a wrong clock does not
 * mislead the others. Each writing transaction measures it; in between a monotonic clock continues from the
 * last measurement.
 */
export interface SharedClock {
  readonly now: Clock;
  /**
   * Difference between this machine's clock and the database's at the last measurement; negative if behind.
   */
  ahead(): Millis;
  /** Measures the time with `ask`, which returns the database's time. */
  measure<T>(ask: () => Promise<T>, timeOf: (answer: T) => Instant): Promise<T>;
}

/**
 * Creates the shared clock. `own` is this machine's clock; `steady` returns milliseconds of a monotonic
 * clock.
 */
export function createSharedClock(own: Clock, steady: () => Millis = () => performance.now()): SharedClock {
  /** The database's time minus the monotonic one; null if not measured yet. */
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
      // The database read its clock at some moment between request and response. The known offset is kept if
      // it is consistent with that: a response that waited for a lock is imprecise.
      const [least, most] = [time - answered, time - asked];
      offset = offset === null ? (least + most) / 2 : Math.min(most, Math.max(least, offset));
      ahead = Math.round(own() - steady() - offset);
      return answer;
    },
  };
}

/**
 * SQL for the database's time in milliseconds, for a list of columns. Not now(), which is the start of the
 * transaction.
 */
export const TIME = 'cast(extract(epoch from clock_timestamp()) * 1000 as bigint)';
