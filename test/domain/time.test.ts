import { describe, expect, it } from 'vitest';
import { DAY, formatDuration, HOUR, MINUTE, parseDuration, SECOND } from '../../src/domain/time.js';

describe('durations', () => {
  it.each([
    [0, '0 s'],
    [59.4 * SECOND, '59 s'],
    [59.6 * SECOND, '1 min'],
    [HOUR - SECOND, '1 h'],
    [2 * HOUR - SECOND, '2 h'],
    [2 * HOUR + 30 * MINUTE, '2 h 30 min'],
    [47 * HOUR, '47 h'],
    [3 * DAY, '3 d'],
  ])('%d ms are formatted as %j', (length, text) => {
    expect(formatDuration(length)).toBe(text);
  });

  it.each([
    ['30s', 30 * SECOND],
    ['1.5h', 90 * MINUTE],
    ['250ms', 250],
    ['45d', 45 * DAY],
    ['12', undefined],
    ['-3s', undefined],
    ['3 weeks', undefined],
  ])('%j is parsed', (text, length) => {
    expect(parseDuration(text)).toBe(length);
  });
});
