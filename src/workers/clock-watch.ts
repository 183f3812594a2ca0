import { formatDuration, type Instant, type Millis, MINUTE, SECOND } from '../domain/time.js';
import type { Logger } from '../log/logger.js';
import type { PgStore } from '../store/postgres/open.js';
import { TIME } from '../store/postgres/shared-clock.js';
import { StoreError } from '../store/ports/store-error.js';

/** Clock difference that is logged: synchronized clocks differ by milliseconds. */
const DIFFERENCE_LOGGED: Millis = 2 * SECOND;
/**
 * A worker whose clock differs by more does not start. Its writes and schedules use the database's clock, but
 * its `/readyz` uses its own, and accepts data read within two minutes as fresh.
 */
const DIFFERENCE_MOST: Millis = 2 * MINUTE;

/** Compares this worker's clock with the database's, which all workers use. */
export interface ClockWatch {
  /** Logs once when the clocks begin to differ by more than 2 s, and once when they agree again. */
  check(): Promise<void>;
  /**
   * Checks before the first cycle. Throws StoreError `clock` if the clocks differ by more than two minutes.
   */
  start(): Promise<void>;
}

export function createClockWatch({ admin, time }: PgStore, logger: Logger): ClockWatch {
  let differs = false;
  async function check(): Promise<void> {
    await time.measure(
      () => admin.query<{ now: Instant }>(`select ${TIME} as now`),
      ({ rows }) => rows[0]?.now ?? time.now(),
    );
    const ahead = time.ahead();
    const by = Math.abs(ahead);
    // Hysteresis: a difference around the limit would be logged again and again.
    if (differs ? by >= DIFFERENCE_LOGGED / 2 : by <= DIFFERENCE_LOGGED) return;
    differs = !differs;
    if (differs)
      logger.warn(
        { ahead },
        "the clock of this worker differs from the database's, which is used; fix: synchronize it (NTP)",
      );
    else logger.info({ ahead }, "the clock of this worker agrees with the database's again");
  }
  return {
    check,
    async start() {
      await check();
      if (Math.abs(time.ahead()) > DIFFERENCE_MOST) throw wrong(time.ahead());
    },
  };
}

function wrong(ahead: Millis): StoreError {
  const side = ahead > 0 ? 'ahead of' : 'behind';
  return new StoreError(
    'clock',
    `the clock of this worker is ${formatDuration(Math.abs(ahead))} ${side} the database's; fix: synchronize both (NTP), then start it again`,
  );
}
