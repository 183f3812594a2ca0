import { describe, expect, it } from 'vitest';
import { eachInSteps, finish, mapInSteps } from '../../src/domain/steps.js';
import { clockTimeOf, minutesOf } from '../../src/engine/times.js';

describe('long work in steps', () => {
  it('yields after each portion', () => {
    const seen: number[] = [];
    const steps = eachInSteps([1, 2, 3, 4, 5], (item) => void seen.push(item), 2);
    const rests: number[] = [];
    while (steps.next().done !== true) rests.push(seen.length);
    expect([seen, rests]).toEqual([
      [1, 2, 3, 4, 5],
      [2, 4],
    ]);
  });

  it('gives the same result as one run', () => {
    expect(finish(mapInSteps([1, 2, 3], (item) => item * 2, 1))).toEqual([2, 4, 6]);
  });
});

describe('a time of day', () => {
  it.each([
    ['00:00', 0],
    ['09:30', 570],
    ['10:05', 605],
    ['23:59', 1_439],
    ['24:00', 1_440],
  ])('%s is minute %i of the day, and back', (clockTime, minute) => {
    expect([minutesOf(clockTime), clockTimeOf(minute)]).toEqual([minute, clockTime]);
  });

  it('may be written without minutes', () => {
    expect(minutesOf('9')).toBe(540);
  });
});
