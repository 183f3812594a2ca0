import { describe, expect, it } from 'vitest';
import { formatTime } from '../../../src/engine/calendar/format-time.js';

const AT = Date.parse('2026-11-03T14:05:09.042Z');

describe('a time as text', () => {
  it.each([
    ['%A %H:%M', 'Tuesday 15:05'],
    ['%a %e %b %Y', 'Tue  3 Nov 2026'],
    ['%-d %B', '3 November'],
    ['%d/%m/%y', '03/11/26'],
    ['%I:%M %p and %-l %P', '03:05 PM and 3 pm'],
    ['%F %T.%L', '2026-11-03 15:05:09.042'],
    ['%R %z %:z %Z', '15:05 +0100 +01:00 Europe/Paris'],
    ['%B %-d%q', 'November 3rd'],
    ['%^a %_H %0e %j %u %w %s', 'TUE 15 03 307 2 2 1793714709'],
    ['100%% and %%F', '100% and %F'],
    ['%Q stays, and so does %', '%Q stays, and so does %'],
    ['no directive', 'no directive'],
  ])('%j gives %j', (format, expected) => {
    expect(formatTime('Europe/Paris', AT, format)).toBe(expected);
  });

  it('is the local time of the zone, on either side of a change of the clocks', () => {
    const change = Date.parse('2026-03-29T01:00:00Z');
    expect(formatTime('Europe/Paris', change - 1, '%H:%M:%S %z')).toBe('01:59:59 +0100');
    expect(formatTime('Europe/Paris', change, '%H:%M:%S %z')).toBe('03:00:00 +0200');
    expect(formatTime('America/St_Johns', change, '%z')).toBe('-0230');
  });

  it('refuses a zone that does not exist', () => {
    expect(() => formatTime('Mars/Olympus', AT, '%H')).toThrow('unknown time zone: Mars/Olympus');
  });
});
