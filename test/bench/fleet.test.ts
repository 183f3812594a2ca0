import { describe, expect, it } from 'vitest';
import { scheduleOf, sharesOf } from '../../bench/fleet/order.js';
import { processOf } from '../../bench/suite/process.js';

describe('shares of times', () => {
  it('are the median, the 99th percentile and the longest, in seconds', () => {
    const times = Array.from({ length: 200 }, (_, n) => (200 - n) * 1_000);
    expect(sharesOf(times)).toEqual({ p50: 101, p99: 199, most: 200 });
  });

  it('are 0 without times', () => {
    expect(sharesOf([])).toEqual({ p50: 0, p99: 0, most: 0 });
  });
});

describe('the schedule of a fleet', () => {
  it.each([
    [5, '*/5 * * * * *'],
    [20, '*/20 * * * * *'],
    [60, '0 * * * * *'],
  ])('polls every %d s', (cadence, expected) => {
    expect(scheduleOf({ cadence })).toBe(expected);
  });
});

describe('a process of Linux', () => {
  it('has a parent and CPU times in hundredths of a second, after a name with spaces and brackets', () => {
    const stat =
      '42 (postgres: io) worker) S 7 42 42 0 -1 4194560 1 2 3 4 110 20 3000 400 20 0 1 0 99 1 1 1 1 1';
    expect(processOf(stat)).toEqual({ parent: 7, own: 1_300, ofEnded: 34_000 });
  });
});
