import { describe, expect, it } from 'vitest';
import { areAny, eachInSteps, filterInSteps, finish, mapInSteps } from '../../src/domain/steps.js';
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
    expect(finish(filterInSteps([1, 2, 3], (item) => item !== 2, 1))).toEqual([1, 3]);
  });

  it.each([
    [[], false],
    [[1, 2, 3, 4, 5], false],
    [[1, 2, 3, 4, 9], true],
    [[9, 1, 1, 1, 1], true],
  ])('looks for an item of %j', (items, found) => {
    const steps = areAny(items, (item) => item === 9, 2);
    expect(finish(steps)).toBe(found);
    expect(finish(areAny(items, (item) => item === 9))).toBe(found);
  });

  it('looks at a portion of the items in a step', () => {
    const seen: number[] = [];
    const steps = areAny([1, 2, 3], (item) => seen.push(item) > 3, 2);
    expect([steps.next().done, [...seen], steps.next(), seen]).toEqual([
      ...[false, [1, 2]],
      ...[{ done: true, value: false }, [1, 2, 3]],
    ]);
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
