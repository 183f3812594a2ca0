import { type Clock, type Instant, MINUTE } from '../../domain/time.js';

/** Maximum timer duration, so that a change of the system clock is noticed. */
const LONGEST_SLEEP = MINUTE;

export interface Alarm {
  /** Sets the alarm to a time, unless it is set to an earlier time. With a past time it fires at once. */
  setFor(at: Instant): void;
  clear(): void;
  /** Time of the alarm; null if it is not set. */
  ringsAt(): Instant | null;
}

/**
 * One timer for several reasons to wake up: it fires once, at the earliest time, and must then be set again.
 */
export function createAlarm(clock: Clock, ring: () => void): Alarm {
  let timer: NodeJS.Timeout | undefined;
  let ringsAt = Infinity;
  const clear = (): void => {
    clearTimeout(timer);
    ringsAt = Infinity;
  };
  return {
    setFor(at) {
      if (at >= ringsAt) return;
      clear();
      ringsAt = at;
      timer = setTimeout(
        () => {
          clear();
          ring();
        },
        Math.min(LONGEST_SLEEP, Math.max(0, at - clock())),
      );
    },
    clear,
    ringsAt: () => (ringsAt === Infinity ? null : ringsAt),
  };
}
