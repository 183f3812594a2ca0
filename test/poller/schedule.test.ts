import cron from 'node-cron';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { MINUTE, SECOND } from '../../src/domain/time.js';
import { isSchedule, nextMatch, nextTime } from '../../src/poller/schedule.js';
import { TUESDAY } from '../builders.js';

it('knows the next match at every time, and keeps nothing of the times before', () => {
  vi.useFakeTimers({ toFake: ['Date'], now: TUESDAY });
  onTestFinished(() => void vi.useRealTimers());
  expect(nextMatch('*/7 * * * * *')).toBe(TUESDAY + 7 * SECOND);
  const before = cron.getTasks().size;
  for (let n = 1; n <= 500; n += 1) {
    vi.setSystemTime(TUESDAY + n * MINUTE);
    expect(nextMatch('*/7 * * * * *')).toBe(TUESDAY + n * MINUTE + 7 * SECOND);
    nextTime('*/7 * * * * *', `workspace-${n}`);
  }
  // A program polls for months: what a poll leaves behind is its memory.
  expect(cron.getTasks().size).toBe(before);
});

describe('a schedule', () => {
  it.each([
    '*/5 * * * * *',
    '* * * * *',
    '0 9-17 * * mon-fri',
    '0,30 0 8 1 jan *',
    '1-50/7 * * * * 7',
    '@hourly',
  ])('may be %s', (text) => {
    expect(isSchedule(text)).toBe(true);
  });

  it.each(['', '* * * *', '* * * * * * *', '61 * * * *', '*/0 * * * *', '* * * * mom', 'a', '0 0 31 2 *'])(
    'may not be %j',
    (text) => {
      expect(isSchedule(text)).toBe(false);
    },
  );
});
