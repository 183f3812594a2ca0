import { describe, expect, it } from 'vitest';
import { formatInstant } from '../../../src/domain/time.js';
import { readTime } from '../../../src/engine/calendar/read-time.js';

describe('parsing a time in a template', () => {
  it.each([
    ['a date means midnight in the zone', '2026-07-14', '2026-07-13T22:00:00.000Z'],
    ['a date and a time of the zone', '2026-11-24 09:30', '2026-11-24T08:30:00.000Z'],
    ['a date and a time with T and seconds', '2026-11-24T09:30:59', '2026-11-24T08:30:00.000Z'],
    ['a time that the clock skips', '2026-03-29 02:30', '2026-03-29T01:00:00.000Z'],
    ['UTC', '2026-11-24T09:30:15.5Z', '2026-11-24T09:30:15.500Z'],
    ['an offset', '2026-11-24T09:30+05:30', '2026-11-24T04:00:00.000Z'],
    ['seconds since 1970', '1795514400', '2026-11-24T10:00:00.000Z'],
  ])('%s: %s', (_, text, expected) => {
    expect(formatInstant(readTime('Europe/Paris', text) ?? NaN)).toBe(expected);
  });

  it.each([
    'soon',
    '',
    '2026-13-01',
    '2026-11-24 25:00',
    '24/11/2026',
    '2026-11-24T99:00Z',
    '12345678901234',
  ])('refuses %j', (text) => {
    expect(readTime('Europe/Paris', text)).toBeNull();
  });
});
