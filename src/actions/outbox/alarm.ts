import { type Clock, type Instant, MINUTE } from '../../domain/time.js';

/** No timer sleeps longer, so that a clock that was set is noticed. */
const LONGEST_SLEEP = MINUTE;

export interface Alarm {
  /** Rings at that time, or earlier if it was set to. A time that is past rings at once. */
  setFor(at: Instant): void;
  clear(): void;
  /** Null: it is not set. */
  ringsAt(): Instant | null;
}

/** One timer for many reasons to wake up: it rings once, at the earliest, and must then be set again. */
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
