import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../src/domain/time.js';
import { createSharedClock } from '../../src/store/postgres/shared-clock.js';
import { TUESDAY } from '../builders.js';

/** A machine whose own clock is ahead of the database's, and a database that returns its time. */
function aMachine({ ahead }: { readonly ahead: number }) {
  const machine = { now: TUESDAY, ahead };
  const clock = createSharedClock(
    () => machine.now + machine.ahead,
    () => machine.now - TUESDAY,
  );
  /**
   * Timing of a query: `at` is the time until the database reads its clock, `waits` the time until the
   * response arrives.
   */
  const measure = ({ at = 0, waits = 0 } = {}) =>
    clock.measure(
      async () => {
        const time = machine.now + at;
        machine.now += waits;
        return time;
      },
      (time) => time,
    );
  return { machine, clock, measure };
}

describe('the clock that workers share', () => {
  it("is that of the database, although the worker's own clock is wrong or changes", async () => {
    const { machine, clock, measure } = aMachine({ ahead: MINUTE });
    await measure();
    expect(clock.now()).toBe(TUESDAY);
    expect(clock.ahead()).toBe(MINUTE);
    machine.ahead = -HOUR;
    machine.now += SECOND;
    expect(clock.now()).toBe(TUESDAY + SECOND);
    await measure();
    expect(clock.now()).toBe(TUESDAY + SECOND);
    expect(clock.ahead()).toBe(-HOUR);
  });

  it('keeps its estimate when a response waits for a lock, and stays within the measured bounds', async () => {
    const { machine, clock, measure } = aMachine({ ahead: 0 });
    await measure();
    await measure({ at: 0, waits: 30 * SECOND });
    expect(clock.now()).toBe(TUESDAY + 30 * SECOND);
    await measure({ at: 5 * SECOND, waits: 6 * SECOND });
    expect(clock.now()).toBe(machine.now);
    // The machine was suspended, and the monotonic clock with it.
    await clock.measure(
      async () => machine.now + HOUR,
      (time) => time,
    );
    expect(clock.now()).toBe(machine.now + HOUR);
  });
});
