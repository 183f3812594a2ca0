import cron from 'node-cron';
import { expect, it, onTestFinished, vi } from 'vitest';
import { MINUTE, SECOND } from '../../src/domain/time.js';
import { nextMatch, nextTime } from '../../src/poller/schedule.js';
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
