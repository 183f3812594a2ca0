import { describe, expect, it } from 'vitest';
import {
  addDays,
  instantOf,
  isTimezone,
  localTime,
  offsetOf,
  weekdayOf,
} from '../../../src/engine/calendar/zone.js';
import { formatInstant, HOUR } from '../../../src/domain/time.js';

const at = (iso: string) => Date.parse(iso);

describe('the local time of an instant', () => {
  it.each([
    {
      says: 'winter in Paris',
      zone: 'Europe/Paris',
      iso: '2026-01-15T23:30:00Z',
      date: '2026-01-16',
      minute: 30,
      weekday: 'fri',
    },
    {
      says: 'summer in Paris',
      zone: 'Europe/Paris',
      iso: '2026-07-15T21:59:59Z',
      date: '2026-07-15',
      minute: 1439,
      weekday: 'wed',
    },
    {
      says: 'the minute before the spring skip',
      zone: 'Europe/Paris',
      iso: '2026-03-29T00:59:59.999Z',
      date: '2026-03-29',
      minute: 119,
      weekday: 'sun',
    },
    {
      says: 'the minute of the spring skip',
      zone: 'Europe/Paris',
      iso: '2026-03-29T01:00:00Z',
      date: '2026-03-29',
      minute: 180,
      weekday: 'sun',
    },
    {
      says: 'still yesterday in New York',
      zone: 'America/New_York',
      iso: '2026-03-01T04:59:00Z',
      date: '2026-02-28',
      minute: 1439,
      weekday: 'sat',
    },
    {
      says: 'a zone of half hours',
      zone: 'Asia/Kolkata',
      iso: '2026-05-01T00:00:00Z',
      date: '2026-05-01',
      minute: 330,
      weekday: 'fri',
    },
    {
      says: 'before 1970',
      zone: 'UTC',
      iso: '1969-12-31T23:59:30Z',
      date: '1969-12-31',
      minute: 1439,
      weekday: 'wed',
    },
    {
      says: 'a leap day',
      zone: 'UTC',
      iso: '2028-02-29T12:00:00Z',
      date: '2028-02-29',
      minute: 720,
      weekday: 'tue',
    },
  ])('$says', ({ zone, iso, date, minute, weekday }) => {
    expect(localTime(zone, at(iso))).toEqual({ date, minute, weekday });
  });

  it('refuses a zone that does not exist, and names it', () => {
    expect(() => localTime('Europe/Pariss', 0)).toThrow(new RangeError('unknown time zone: Europe/Pariss'));
    expect(isTimezone('Europe/Pariss')).toBe(false);
    expect(isTimezone('Europe/Paris')).toBe(true);
  });
});

describe('the instant of a local time', () => {
  it.each([
    {
      says: 'an ordinary time',
      zone: 'Europe/Paris',
      date: '2026-11-24',
      minute: 540,
      earlier: '2026-11-24T08:00:00.000Z',
      later: '2026-11-24T08:00:00.000Z',
    },
    {
      says: 'minute 1440 is the next midnight',
      zone: 'Europe/Paris',
      date: '2026-12-31',
      minute: 1440,
      earlier: '2026-12-31T23:00:00.000Z',
      later: '2026-12-31T23:00:00.000Z',
    },
    {
      says: 'a skipped time moves to the end of the skip',
      zone: 'Europe/Paris',
      date: '2026-03-29',
      minute: 150,
      earlier: '2026-03-29T01:00:00.000Z',
      later: '2026-03-29T01:00:00.000Z',
    },
    {
      says: 'the first skipped minute',
      zone: 'Europe/Paris',
      date: '2026-03-29',
      minute: 120,
      earlier: '2026-03-29T01:00:00.000Z',
      later: '2026-03-29T01:00:00.000Z',
    },
    {
      says: 'a repeated time has two',
      zone: 'Europe/Paris',
      date: '2026-10-25',
      minute: 150,
      earlier: '2026-10-25T00:30:00.000Z',
      later: '2026-10-25T01:30:00.000Z',
    },
    {
      says: 'the end of the repeated hour has one',
      zone: 'Europe/Paris',
      date: '2026-10-25',
      minute: 180,
      earlier: '2026-10-25T02:00:00.000Z',
      later: '2026-10-25T02:00:00.000Z',
    },
    {
      says: 'a skip in New York',
      zone: 'America/New_York',
      date: '2026-03-08',
      minute: 170,
      earlier: '2026-03-08T07:00:00.000Z',
      later: '2026-03-08T07:00:00.000Z',
    },
    {
      says: 'a repetition in New York',
      zone: 'America/New_York',
      date: '2026-11-01',
      minute: 60,
      earlier: '2026-11-01T05:00:00.000Z',
      later: '2026-11-01T06:00:00.000Z',
    },
    {
      says: 'a skip of half an hour',
      zone: 'Australia/Lord_Howe',
      date: '2026-10-04',
      minute: 140,
      earlier: '2026-10-03T15:30:00.000Z',
      later: '2026-10-03T15:30:00.000Z',
    },
    {
      says: 'a repetition of half an hour',
      zone: 'Australia/Lord_Howe',
      date: '2026-04-05',
      minute: 100,
      earlier: '2026-04-04T14:40:00.000Z',
      later: '2026-04-04T15:10:00.000Z',
    },
    {
      says: 'a whole skipped day',
      zone: 'Pacific/Apia',
      date: '2011-12-30',
      minute: 600,
      earlier: '2011-12-30T10:00:00.000Z',
      later: '2011-12-30T10:00:00.000Z',
    },
    {
      says: 'a skipped midnight',
      zone: 'America/Sao_Paulo',
      date: '2018-11-04',
      minute: 0,
      earlier: '2018-11-04T03:00:00.000Z',
      later: '2018-11-04T03:00:00.000Z',
    },
  ])('$says', ({ zone, date, minute, earlier, later }) => {
    expect(formatInstant(instantOf(zone, date, minute, 'earlier'))).toBe(earlier);
    expect(formatInstant(instantOf(zone, date, minute, 'later'))).toBe(later);
  });

  it('round-trips to the same local time on an ordinary day, in every zone of this machine', () => {
    const zones = Intl.supportedValuesOf('timeZone');
    const back = zones.map((zone) => localTime(zone, instantOf(zone, '2026-06-17', 13 * 60 + 37, 'earlier')));
    expect(zones.length).toBeGreaterThan(100);
    expect(back).toEqual(zones.map(() => ({ date: '2026-06-17', minute: 817, weekday: 'wed' })));
  });
});

describe('calendar dates', () => {
  it('add and subtract over months, leap years and years', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2027-03-01', -1)).toBe('2027-02-28');
    expect(addDays('2026-03-28', 400)).toBe('2027-05-02');
  });

  it('have the right weekday, before 1970 too', () => {
    expect(weekdayOf('2026-11-24')).toBe('tue');
    expect(weekdayOf('1969-12-28')).toBe('sun');
  });

  it('have the right UTC offset', () => {
    expect(offsetOf('Europe/Paris', at('2026-07-01T00:00:00Z'))).toBe(2 * HOUR);
    expect(offsetOf('America/St_Johns', at('2026-01-01T00:00:00Z'))).toBe(-3.5 * HOUR);
  });
});
