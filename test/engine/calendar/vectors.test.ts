// Facts about opening hours from other projects' tests, in our words. Each block names its source.
import { beforeAll, describe, expect, it } from 'vitest';
import type { Calendar, Weekday } from '../../../src/domain/calendar.js';
import { HOUR, MINUTE } from '../../../src/domain/time.js';
import { formatTime } from '../../../src/engine/calendar/format-time.js';
import { type HolidayLookup, loadHolidays, noHolidays } from '../../../src/engine/calendar/holidays.js';
import { hoursAt } from '../../../src/engine/calendar/hours.js';
import { instantOf } from '../../../src/engine/calendar/zone.js';
import { calendar, daily, spans } from './calendar-builder.js';

const WORKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri'];

function stateAt(of: Calendar, iso: string, holidays: HolidayLookup = noHolidays): string {
  return hoursAt(of, Date.parse(iso), holidays).state;
}

/** Every opening and closing between two dates, in the calendar's local time. */
function openings(of: Calendar, from: string, to: string, holidays: HolidayLookup = noHolidays): string[] {
  const [start, end] = [from, to].map((date) => instantOf(of.timezone, date, 0, 'earlier')) as [
    number,
    number,
  ];
  const shown = (at: number) => formatTime(of.timezone, at, '%F %R');
  const found: string[] = [];
  let at = start;
  while (at < end) {
    const { state, nextOpen, nextClose } = hoursAt(of, at, holidays);
    const opens = state === 'open' ? at : (nextOpen ?? end);
    if (opens >= end) break;
    const closes = Math.min(end, nextClose ?? end);
    found.push(`${shown(opens)} to ${shown(closes)}`);
    at = closes;
  }
  return found;
}

describe("Alertmanager's time intervals (timeinterval/timeinterval_test.go)", () => {
  const office = calendar({ timezone: 'UTC', open: daily('09:00-17:00', WORKDAYS) });
  const sydney = calendar({ timezone: 'Australia/Sydney', open: daily('09:00-17:00', WORKDAYS) });

  it.each([
    ['a Monday afternoon', office, '2020-05-04T15:04Z', 'open'],
    ['a Tuesday morning', office, '2020-05-05T10:04Z', 'open'],
    ['just after the opening', office, '2020-06-09T09:04Z', 'open'],
    ['the opening itself', office, '2020-07-08T09:00Z', 'open'],
    ['the last minute', office, '2020-07-08T16:59Z', 'open'],
    ['a Sunday', office, '2020-05-03T15:04Z', 'closed'],
    ['a minute too early', office, '2020-05-04T08:59Z', 'closed'],
    ['the night', office, '2020-05-05T05:00Z', 'closed'],
    ['the zone of the calendar, not that of the time', sydney, '2021-04-06T13:00+10:00', 'open'],
    ['the same hour elsewhere', sydney, '2021-04-06T13:00Z', 'closed'],
    ['summer time of the south', sydney, '2021-11-01T09:00+11:00', 'open'],
    ['a Monday there that is a Sunday in UTC', sydney, '2021-10-31T22:00Z', 'open'],
    ['an hour before', sydney, '2021-10-31T21:00Z', 'closed'],
  ])('%s', (_, of, iso, expected) => {
    expect(stateAt(of, iso)).toBe(expected);
  });

  it.each([
    ['its first day', '2020-04-04T15:04Z', 'closed'],
    ['the midnight within', '2020-04-05T00:00Z', 'closed'],
    ['the last night', '2020-04-06T23:05Z', 'closed'],
    ['the night before', '2020-04-03T23:59Z', 'open'],
    ['the midnight after', '2020-04-07T00:00Z', 'open'],
    ['the same days a year before', '2019-04-06T23:59Z', 'open'],
    ['the same days two months later', '2020-06-04T23:59Z', 'open'],
  ])('a closed range of dates (Easter 2020): %s', (_, iso, expected) => {
    const easter = calendar({
      timezone: 'UTC',
      open: daily('00:00-24:00'),
      closed: [{ from: '2020-04-04', to: '2020-04-06' }],
    });
    expect(stateAt(easter, iso)).toBe(expected);
  });
});

describe('opening_hours.js (test/test.js), in Berlin', () => {
  let holidays: HolidayLookup;
  beforeAll(async () => {
    holidays = await loadHolidays(['DE-BW']);
  });
  const berlin = (parts: Partial<Calendar>) => calendar({ timezone: 'Europe/Berlin', ...parts });
  const week = (of: Calendar) => openings(of, '2012-10-01', '2012-10-08');

  it.each(['10:00-11:00 11:00-12:00', '10:00-12:00 10:30-11:30', '10:30-11:30 10:00-12:00'])(
    'spans that adjoin or overlap are one: %s',
    (text) => {
      expect(week(berlin({ open: daily(text) }))).toEqual(
        [1, 2, 3, 4, 5, 6, 7].map((day) => `2012-10-0${day} 10:00 to 2012-10-0${day} 12:00`),
      );
    },
  );

  it('always open except one hour on Monday', () => {
    const open = { ...daily('00:00-24:00'), mon: spans('00:00-15:00 16:00-24:00') };
    expect(week(berlin({ open }))).toEqual([
      '2012-10-01 00:00 to 2012-10-01 15:00',
      '2012-10-01 16:00 to 2012-10-08 00:00',
    ]);
  });

  it('always closed, for years', () => {
    expect(openings(berlin({}), '2012-10-01', '2025-10-08')).toEqual([]);
  });

  it('a minute at midnight, and one at noon', () => {
    expect(openings(berlin({ open: daily('00:00-00:01 11:59-12:00') }), '2012-10-01', '2012-10-02')).toEqual([
      '2012-10-01 00:00 to 2012-10-01 00:01',
      '2012-10-01 11:59 to 2012-10-01 12:00',
    ]);
  });

  it('spans past midnight, from the day before', () => {
    expect(openings(berlin({ open: daily('22:00-02:00') }), '2012-10-01', '2012-10-03')).toEqual([
      '2012-10-01 00:00 to 2012-10-01 02:00',
      '2012-10-01 22:00 to 2012-10-02 02:00',
      '2012-10-02 22:00 to 2012-10-03 00:00',
    ]);
  });

  it('equal ends are a whole day', () => {
    expect(week(berlin({ open: { wed: spans('22:00-22:00') } }))).toEqual([
      '2012-10-03 22:00 to 2012-10-04 22:00',
    ]);
  });

  it('spans past midnight of different lengths', () => {
    const open = {
      ...daily('11:00-01:00', ['sun', 'mon', 'tue']),
      ...daily('11:00-03:00', ['wed', 'thu']),
      fri: spans('11:00-06:00'),
      sat: spans('11:00-07:00'),
    };
    expect(week(berlin({ open }))).toEqual([
      '2012-10-01 00:00 to 2012-10-01 01:00',
      '2012-10-01 11:00 to 2012-10-02 01:00',
      '2012-10-02 11:00 to 2012-10-03 01:00',
      '2012-10-03 11:00 to 2012-10-04 03:00',
      '2012-10-04 11:00 to 2012-10-05 03:00',
      '2012-10-05 11:00 to 2012-10-06 06:00',
      '2012-10-06 11:00 to 2012-10-07 07:00',
      '2012-10-07 11:00 to 2012-10-08 00:00',
    ]);
  });

  it('a span past midnight continues into a date with its own hours (there it ends at midnight)', () => {
    const of = berlin({ open: daily('22:00-02:00'), special: { '2012-10-02': spans('12:00-14:00') } });
    expect(openings(of, '2012-10-01', '2012-10-04')).toEqual([
      '2012-10-01 00:00 to 2012-10-01 02:00',
      '2012-10-01 22:00 to 2012-10-02 02:00',
      '2012-10-02 12:00 to 2012-10-02 14:00',
      '2012-10-03 22:00 to 2012-10-04 00:00',
    ]);
  });

  it('public holidays of a region are closed: 3 October, and 1 November, which Baden-Württemberg keeps', () => {
    const of = berlin({ open: daily('09:00-17:00', WORKDAYS), holidays: 'DE-BW' });
    expect(openings(of, '2012-10-02', '2012-10-05', holidays)).toEqual([
      '2012-10-02 09:00 to 2012-10-02 17:00',
      '2012-10-04 09:00 to 2012-10-04 17:00',
    ]);
    expect(openings(of, '2012-10-31', '2012-11-03', holidays)).toEqual([
      '2012-10-31 09:00 to 2012-10-31 17:00',
      '2012-11-02 09:00 to 2012-11-02 17:00',
    ]);
  });
});

describe('DST changes of luxon (test/datetime/dst.test.js)', () => {
  const at = (iso: string) => Date.parse(iso);

  it.each([
    ['a skipped hour moves to its end', 'America/New_York', '2017-03-12', 2 * 60, '2017-03-12T07:00Z'],
    ['a skipped midnight moves to 01:00', 'America/Sao_Paulo', '2017-10-15', 0, '2017-10-15T03:00Z'],
    [
      'a skip in the last hour of a day ends at midnight',
      'Asia/Dhaka',
      '2009-06-19',
      23 * 60 + 30,
      '2009-06-19T17:00Z',
    ],
  ])('%s', (...[, zone, date, minute, iso]) => {
    expect(instantOf(zone, date, minute, 'earlier')).toBe(at(iso));
    expect(instantOf(zone, date, minute, 'later')).toBe(at(iso));
  });

  it.each([
    ['an hour', 'America/New_York', '2017-11-05', 60, '2017-11-05T05:00Z', HOUR],
    ['a midnight', 'America/Havana', '2022-11-06', 0, '2022-11-06T04:00Z', HOUR],
    ['a midnight at the end of a month', 'Africa/Tunis', '1978-10-01', 0, '1978-09-30T22:00Z', HOUR],
    ['half an hour', 'America/Caracas', '2007-12-09', 2 * 60 + 40, '2007-12-09T06:40Z', 30 * MINUTE],
  ])('the repeated local time %s has two instants', (...[, zone, date, minute, iso, apart]) => {
    expect(instantOf(zone, date, minute, 'earlier')).toBe(at(iso));
    expect(instantOf(zone, date, minute, 'later')).toBe(at(iso) + apart);
  });

  it('a day that ends at a repeated midnight closes at the second, the next opens at the first', () => {
    const havana = calendar({ timezone: 'America/Havana', open: { sat: spans('00:00-24:00') } });
    expect(hoursAt(havana, at('2022-11-05T12:00Z'), noHolidays).nextClose).toBe(at('2022-11-06T05:00Z'));
    const sunday = calendar({ timezone: 'America/Havana', open: { sun: spans('00:00-24:00') } });
    expect(hoursAt(sunday, at('2022-11-05T12:00Z'), noHolidays).nextOpen).toBe(at('2022-11-06T04:00Z'));
  });

  it('a day that a zone skipped has no hours', () => {
    const kwajalein = calendar({ timezone: 'Pacific/Kwajalein', open: { sat: spans('09:00-17:00') } });
    expect(openings(kwajalein, '1993-08-20', '1993-08-24')).toEqual([]);
  });
});
