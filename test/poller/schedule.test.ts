import cron from 'node-cron';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/time.js';
import { createSchedule, isSchedule, nextMatch, nextTime } from '../../src/poller/schedule.js';
import { TUESDAY } from '../builders.js';

it('a schedule has the next match at every time, and keeps no past times in memory', () => {
  vi.useFakeTimers({ toFake: ['Date'], now: TUESDAY });
  onTestFinished(() => void vi.useRealTimers());
  expect(nextMatch('*/7 * * * * *')).toBe(TUESDAY + 7 * SECOND);
  const before = cron.getTasks().size;
  for (let n = 1; n <= 500; n += 1) {
    vi.setSystemTime(TUESDAY + n * MINUTE);
    expect(nextMatch('*/7 * * * * *')).toBe(TUESDAY + n * MINUTE + 7 * SECOND);
    nextTime('*/7 * * * * *', `workspace-${n}`);
  }
  // A program polls for months: memory kept per poll would be a leak.
  expect(cron.getTasks().size).toBe(before);
});

it.each([0, 700, -700, MINUTE, -MINUTE, HOUR, -HOUR].map((ahead, day) => ({ ahead, day })))(
  'a schedule has its matches at the times of the shared clock, although the own clock is $ahead ms ahead',
  ({ ahead, day }) => {
    // Each test uses a different day, because matches are cached.
    const nine = TUESDAY + day * DAY;
    vi.useFakeTimers({ toFake: ['Date'], now: nine + ahead });
    onTestFinished(() => void vi.useRealTimers());
    const expected = {
      '*/5 * * * * *': [5 * SECOND, 15 * SECOND, 10 * MINUTE],
      '*/2 * * * *': [2 * MINUTE, 2 * MINUTE, 10 * MINUTE],
      '30 1,45 9-11 * * *': [1.5 * MINUTE, 1.5 * MINUTE, 45.5 * MINUTE],
      '0 30 10 * * *': [90 * MINUTE, 90 * MINUTE, 90 * MINUTE],
    };
    const shared = () => Date.now() - ahead;
    for (const [expression, times] of Object.entries(expected)) {
      const found = [0, 10 * SECOND, 10 * MINUTE - 1].map((passed) => {
        vi.setSystemTime(nine + passed + ahead);
        return nextMatch(expression, shared) - nine;
      });
      expect([expression, ...found]).toEqual([expression, ...times]);
    }
    const at = nextTime('0 30 10 * * *', 'bakery', shared) - nine;
    expect(at).toBeGreaterThanOrEqual(90 * MINUTE);
    expect(at).toBeLessThanOrEqual(91 * MINUTE);
  },
);

describe('a cron expression', () => {
  it.each([
    '*/5 * * * * *',
    '* * * * *',
    '0 9-17 * * mon-fri',
    '0,30 0 8 1 jan *',
    '1-50/7 * * * * 7',
    '@hourly',
  ])('accepts %s', (text) => {
    expect(isSchedule(text)).toBe(true);
  });

  it.each(['', '* * * *', '* * * * * * *', '61 * * * *', '*/0 * * * *', '* * * * mom', 'a', '0 0 31 2 *'])(
    'refuses %j',
    (text) => {
      expect(isSchedule(text)).toBe(false);
    },
  );
});

const DST_CHANGES = [
  ['Europe/Berlin', '2026-03-29T00:55:00Z', '2026-10-25T00:00:00Z'],
  ['America/New_York', '2026-03-08T06:55:00Z', '2026-11-01T05:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:25:00Z', '2026-04-04T14:30:00Z'],
] as const;

describe.each(DST_CHANGES)('a schedule with TZ=%s, through both DST changes', (zone, ...changes) => {
  it.each(changes)('at %s runs a poll every five seconds, and a daily job once a day', (change) => {
    const before = process.env['TZ'];
    process.env['TZ'] = zone;
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => {
      vi.useRealTimers();
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    });
    const from = Date.parse(change);
    for (let at = from; at < from + 90 * MINUTE; at += 5 * SECOND) {
      vi.setSystemTime(at + 1);
      expect(nextMatch('*/5 * * * * *')).toBe(at + 5 * SECOND);
    }
    const days = Array.from({ length: 3 }, (_, n) => {
      vi.setSystemTime(from + n * DAY);
      return nextMatch('0 17 3 * * *');
    });
    expect(days.map((at, n) => at - n * DAY)).toEqual([days[0], days[0], days[0]]);
  });
});

describe('scheduled work', () => {
  it('runs once at once after the process was suspended over several matches', async () => {
    vi.useFakeTimers({ now: TUESDAY + 1 });
    const runs: number[] = [];
    const schedule = createSchedule('*/30 * * * * *', () => {
      runs.push(Date.now());
      return Promise.resolve();
    });
    onTestFinished(() => {
      schedule.stop();
      vi.useRealTimers();
    });
    schedule.start();
    // Simulates a suspended process: the clock advanced, and no timer ran.
    vi.setSystemTime(TUESDAY + 94 * SECOND);
    await vi.advanceTimersByTimeAsync(30 * SECOND);
    expect(runs).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(27 * SECOND);
    expect(runs).toEqual([expect.any(Number), TUESDAY + 150 * SECOND]);
  });

  it('follows a clock that was set back, without waiting for the earlier time', async () => {
    vi.useFakeTimers({ now: TUESDAY + 1 });
    let runs = 0;
    const schedule = createSchedule('*/30 * * * * *', () => {
      runs += 1;
      return Promise.resolve();
    });
    onTestFinished(() => {
      schedule.stop();
      vi.useRealTimers();
    });
    schedule.start();
    vi.setSystemTime(TUESDAY - DAY + 1);
    await vi.advanceTimersByTimeAsync(2 * MINUTE);
    expect(runs).toBeGreaterThanOrEqual(3);
  });

  it('is skipped while the previous run is still active, and ends when it is stopped', async () => {
    vi.useFakeTimers({ now: TUESDAY + 1 });
    onTestFinished(() => void vi.useRealTimers());
    let began = 0;
    let ended = 0;
    const schedule = createSchedule('* * * * * *', async () => {
      began += 1;
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      ended += 1;
    });
    schedule.start();
    await vi.advanceTimersByTimeAsync(3_200);
    expect(began).toBe(1);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(began).toBe(2);
    schedule.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect([began, ended]).toEqual([2, 2]);
  });
});
