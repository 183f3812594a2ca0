import { describe, expect, it } from 'vitest';
import { formatTime } from '../../../src/engine/calendar/format-time.js';

const AT = Date.parse('2026-11-03T14:05:09.042Z');

describe('the date filter of templates', () => {
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
    ['%h|%k|%t|%n', 'Nov|15|\t|\n'],
    ['no directive', 'no directive'],
  ])('formats %j as %j', (format, expected) => {
    expect(formatTime('Europe/Paris', AT, format)).toBe(expected);
  });

  it.each([
    ['fr', '%A %-d %B', 'mardi 3 novembre'],
    ['de', '%A, %-d. %B', 'Dienstag, 3. November'],
    ['pt-BR', '%A %H:%M', 'terça-feira 15:05'],
    ['ru', '%-d %B', '3 ноября'],
    ['ru', '%B', 'ноябрь'],
    ['fa', '%A %Y', 'سه\u200cشنبه 2026'],
    ['ja', '%A', '火曜日'],
    ['es', '%a %b', 'mar nov'],
  ])('writes names in the language %s: %j', (locale, format, expected) => {
    expect(formatTime('Europe/Paris', AT, format, locale)).toBe(expected);
  });

  it.each([
    [0, '12 12 AM am  0'],
    [11, '11 11 AM am 11'],
    [12, '12 12 PM pm 12'],
    [13, ' 1 01 PM pm 13'],
    [23, '11 11 PM pm 23'],
  ])('formats the hour %i in the 12-hour clock', (hour, expected) => {
    const at = Date.parse(`2026-11-03T${String(hour).padStart(2, '0')}:30:00Z`);
    expect(formatTime('UTC', at, '%l %I %p %P %k')).toBe(expected);
  });

  it.each([
    [1, '1st'],
    [2, '2nd'],
    [3, '3rd'],
    [4, '4th'],
    [10, '10th'],
    [11, '11th'],
    [12, '12th'],
    [13, '13th'],
    [14, '14th'],
    [20, '20th'],
    [21, '21st'],
    [22, '22nd'],
    [23, '23rd'],
    [30, '30th'],
    [31, '31st'],
  ])('formats day %i of the month as %s', (day, expected) => {
    const at = Date.UTC(2026, 0, day, 12);
    expect(formatTime('UTC', at, '%-d%q')).toBe(expected);
  });

  it('pads with spaces for %e and the like, and formats the offset of UTC with +', () => {
    expect(formatTime('UTC', Date.parse('2026-01-05T04:03:02Z'), '%_d|%_H|%_m|%z')).toBe(' 5| 4| 1|+0000');
  });

  it('formats the local time of the zone, before and after a DST change', () => {
    const change = Date.parse('2026-03-29T01:00:00Z');
    expect(formatTime('Europe/Paris', change - 1, '%H:%M:%S %z')).toBe('01:59:59 +0100');
    expect(formatTime('Europe/Paris', change, '%H:%M:%S %z')).toBe('03:00:00 +0200');
    expect(formatTime('America/St_Johns', change, '%z')).toBe('-0230');
  });

  it('refuses a zone that does not exist', () => {
    expect(() => formatTime('Mars/Olympus', AT, '%H')).toThrow('unknown time zone: Mars/Olympus');
  });
});
