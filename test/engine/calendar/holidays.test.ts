import { describe, expect, it } from 'vitest';
import { hoursOn } from '../../../src/engine/calendar/day.js';
import { DIFFERENT } from '../../vectors/holidays.js';
import { calendar, daily, spans } from './calendar-builder.js';
import { isHolidayCode, loadHolidays } from '../../../src/engine/calendar/holidays.js';

describe('public holidays', () => {
  it.each([
    { says: 'a fixed day of France', code: 'FR', date: '2026-07-14', name: 'Fête Nationale de la France' },
    { says: 'a day that moves with Easter', code: 'FR', date: '2026-05-25', name: 'Lundi de Pentecôte' },
    { says: 'the same day in another year', code: 'FR', date: '2027-05-17', name: 'Lundi de Pentecôte' },
    { says: 'Good Friday is no holiday in France', code: 'FR', date: '2026-04-03', name: null },
    { says: 'an ordinary Tuesday', code: 'FR', date: '2026-11-24', name: null },
    { says: 'a holiday of Bavaria', code: 'DE-BY', date: '2026-01-06', name: 'Heilige Drei Könige' },
    { says: 'a holiday of Bavaria is not one of all Germany', code: 'DE', date: '2026-01-06', name: null },
    {
      says: "California's Cesar Chavez Day is not one of the whole country",
      code: 'US',
      date: '2026-03-31',
      name: null,
    },
    {
      says: 'a substitute day of the United States',
      code: 'us',
      date: '2026-07-03',
      name: 'Independence Day (substitute day)',
    },
    { says: 'the third day of a holiday of several days', code: 'SA', date: '2026-03-21', name: 'عيد الفطر' },
    {
      says: 'a half day is no holiday: Christmas Eve in Iceland',
      code: 'IS',
      date: '2026-12-24',
      name: null,
    },
    {
      says: 'a day on which only banks or schools close is no holiday',
      code: 'DE',
      date: '2026-12-24',
      name: null,
    },
  ])('$says', async ({ code, date, name }) => {
    const holidays = await loadHolidays([code]);
    expect(holidays(code, date)).toBe(name);
  });

  it('accepts codes in upper and lower case', async () => {
    const holidays = await loadHolidays(['de-by', 'US-ca']);
    expect(holidays('DE-BY', '2026-12-25')).toBe('1. Weihnachtstag');
    expect(holidays('us-CA', '2026-11-26')).toBe('Thanksgiving Day');
  });

  it('recognises existing codes', async () => {
    const codes = [
      'FR',
      'fr',
      'DE-BY',
      'US-ca',
      'XX',
      'DE-XX',
      '',
      'FRA',
      'F',
      'DE-BY-A',
      '../x',
      '__proto__',
    ];
    const known = await Promise.all(codes.map(isHolidayCode));
    expect(codes.filter((_, index) => known[index])).toEqual(['FR', 'fr', 'DE-BY', 'US-ca']);
  });

  it('refuses a code that does not exist or was not loaded, and names it', async () => {
    await expect(loadHolidays(['FR', 'XX'])).rejects.toThrow('no public holidays are known for: XX');
    const holidays = await loadHolidays(['FR']);
    expect(() => holidays('DE', '2026-01-01')).toThrow('public holidays were not loaded for: DE');
  });

  it('are empty when no calendar has holidays', async () => {
    const holidays = await loadHolidays([]);
    expect(holidays('FR', '2026-12-25')).toBeNull();
  });
});

describe('holidays for which the library and the law differ', () => {
  /** date-holidays 3.37.0 against the government's list: 2026-02-16 to 18 in KR; the days in TW by the act of 2025. */
  it.each(DIFFERENT)('%s %s: the library returns %j', async (code, date, name, isOff) => {
    const holidays = await loadHolidays([code]);
    expect(holidays(code, date)).toBe(name);
    const open = calendar({ open: daily('09:00-18:00'), holidays: code });
    const corrected = isOff
      ? { ...open, closed: [{ from: date, to: date }] }
      : { ...open, special: { [date]: spans('09:00-18:00') } };
    expect(hoursOn(open, date, holidays).spans.length > 0).toBe(isOff);
    expect(hoursOn(corrected, date, holidays).spans.length > 0).toBe(!isOff);
  });
});
