import fc from 'fast-check';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { WEEKDAYS } from '../../../src/domain/calendar.js';
import type { Calendar, CalendarDate, Weekday } from '../../../src/domain/calendar.js';
import { formatInstant, HOUR, MINUTE } from '../../../src/domain/time.js';
import { loadHolidays, noHolidays } from '../../../src/engine/calendar/holidays.js';
import type { HolidayLookup } from '../../../src/engine/calendar/holidays.js';
import { hoursAt } from '../../../src/engine/calendar/hours.js';
import { calendar, daily, spans } from './calendar-builder.js';

let holidays: HolidayLookup;
beforeAll(async () => {
  holidays = await loadHolidays(['FR', 'DE-BY']);
});

const WORKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri'];
const shop = calendar({
  open: { ...daily('09:00-12:30 14:00-18:00', WORKDAYS), sat: spans('22:00-02:00') },
  closed: [
    { from: '2026-12-25', to: '2026-12-25' },
    { from: '2026-12-31', to: '2027-01-02' },
  ],
  special: { '2026-12-24': spans('09:00-12:00') },
});

/** The opening hours as text: the state, then the next change in UTC. */
function told(of: Calendar, iso: string): string {
  const { state, nextOpen, nextClose } = hoursAt(of, Date.parse(iso), holidays);
  const time = (at: number | null) => (at === null ? 'never' : formatInstant(at).slice(0, 16));
  return `${state}, opens ${time(nextOpen)}, closes ${time(nextClose)}`;
}

describe('opening hours of a calendar', () => {
  it.each([
    [
      'in the morning span',
      '2026-11-24T10:00+01:00',
      'open, opens 2026-11-24T13:00, closes 2026-11-24T11:30',
    ],
    [
      'at the opening, to the minute',
      '2026-11-24T09:00+01:00',
      'open, opens 2026-11-24T13:00, closes 2026-11-24T11:30',
    ],
    [
      'a millisecond before the opening',
      '2026-11-24T08:59:59.999+01:00',
      'closed, opens 2026-11-24T08:00, closes 2026-11-24T11:30',
    ],
    [
      'between the spans',
      '2026-11-24T13:00+01:00',
      'closed, opens 2026-11-24T13:00, closes 2026-11-24T17:00',
    ],
    [
      'closed at 18:00 sharp',
      '2026-11-24T18:00+01:00',
      'closed, opens 2026-11-25T08:00, closes 2026-11-25T11:30',
    ],
    ['on Saturday night', '2026-11-28T23:00+01:00', 'open, opens 2026-11-30T08:00, closes 2026-11-29T01:00'],
    [
      'after midnight, in a span that began the day before',
      '2026-11-29T01:59+01:00',
      'open, opens 2026-11-30T08:00, closes 2026-11-29T01:00',
    ],
    [
      'at the end of a span past midnight',
      '2026-11-29T02:00+01:00',
      'closed, opens 2026-11-30T08:00, closes 2026-11-30T11:30',
    ],
    [
      'a special date goes before the weekday',
      '2026-12-24T13:30+01:00',
      'closed, opens 2026-12-26T21:00, closes 2026-12-27T01:00',
    ],
    ['a closed date', '2026-12-25T10:00+01:00', 'closed, opens 2026-12-26T21:00, closes 2026-12-27T01:00'],
    [
      'a closed range over New Year',
      '2026-12-31T10:00+01:00',
      'closed, opens 2027-01-04T08:00, closes 2027-01-04T11:30',
    ],
    [
      'the last day of a closed range, whose Saturday night is dropped',
      '2027-01-02T23:00+01:00',
      'closed, opens 2027-01-04T08:00, closes 2027-01-04T11:30',
    ],
    [
      'the night after a closed range',
      '2027-01-03T00:30+01:00',
      'closed, opens 2027-01-04T08:00, closes 2027-01-04T11:30',
    ],
  ])('%s (%s)', (_, iso, expected) => {
    expect(told(shop, iso)).toBe(expected);
  });

  it('let a span past midnight end on a closed day, since it belongs to the day before', () => {
    const bar = calendar({
      open: { sat: spans('22:00-02:00') },
      closed: [{ from: '2026-11-29', to: '2026-11-29' }],
    });
    expect(told(bar, '2026-11-29T01:00+01:00')).toBe('open, opens 2026-12-05T21:00, closes 2026-11-29T01:00');
  });

  it('open a closed date that has a special entry, and close one whose entry is empty', () => {
    const of = calendar({
      open: daily('09:00-18:00'),
      closed: [{ from: '2026-11-24', to: '2026-11-24' }],
      special: { '2026-11-24': spans('10:00-11:00'), '2026-11-25': [] },
    });
    expect(told(of, '2026-11-24T10:30+01:00')).toBe('open, opens 2026-11-26T08:00, closes 2026-11-24T10:00');
    expect(told(of, '2026-11-25T10:30+01:00')).toContain('closed');
  });

  it('merge spans that adjoin or overlap', () => {
    const of = calendar({
      open: { mon: spans('12:00-15:00 09:00-12:00 14:00-24:00'), tue: spans('00:00-01:00') },
    });
    expect(told(of, '2026-11-23T09:30+01:00')).toBe('open, opens 2026-11-30T08:00, closes 2026-11-24T00:00');
  });

  it('treat a span with equal ends as 24 hours', () => {
    const of = calendar({ open: { mon: spans('08:00-08:00') } });
    expect(told(of, '2026-11-24T07:59+01:00')).toBe('open, opens 2026-11-30T07:00, closes 2026-11-24T07:00');
  });

  it('never close when every day is 00:00-24:00', () => {
    expect(told(calendar({ open: daily('00:00-24:00') }), '2026-11-24T10:00Z')).toBe(
      'open, opens never, closes never',
    );
    expect(told(calendar({ open: daily('18:00-18:00') }), '2026-11-24T10:00Z')).toBe(
      'open, opens never, closes never',
    );
  });

  it('close and open around the one closed day of a calendar that is always open', () => {
    const of = calendar({ open: daily('00:00-24:00'), closed: [{ from: '2027-05-01', to: '2027-05-01' }] });
    expect(told(of, '2026-11-24T10:00Z')).toBe('open, opens 2027-05-01T22:00, closes 2027-04-30T22:00');
  });

  it('never open without spans, and search no further than 400 days', () => {
    expect(told(calendar({}), '2026-11-24T10:00Z')).toBe('closed, opens never, closes never');
    const far = (date: CalendarDate) => calendar({ special: { [date]: spans('09:00-10:00') } });
    expect(told(far('2027-12-29'), '2026-11-24T10:00Z')).toBe(
      'closed, opens 2027-12-29T08:00, closes 2027-12-29T09:00',
    );
    expect(told(far('2027-12-30'), '2026-11-24T10:00Z')).toBe('closed, opens never, closes never');
  });
});

describe('opening hours with holidays', () => {
  it('open on Tuesday after Easter in France', () => {
    const of = calendar({ open: daily('09:00-18:00', WORKDAYS), holidays: 'FR' });
    expect(told(of, '2026-04-03T18:00+02:00')).toBe(
      'closed, opens 2026-04-07T07:00, closes 2026-04-07T16:00',
    );
  });

  it('stay closed from Thursday evening to Tuesday at Easter in Bavaria', () => {
    const of = calendar({
      timezone: 'Europe/Berlin',
      open: daily('09:00-18:00', WORKDAYS),
      holidays: 'DE-BY',
    });
    expect(told(of, '2026-04-02T19:00+02:00')).toBe(
      'closed, opens 2026-04-07T07:00, closes 2026-04-07T16:00',
    );
  });

  it('open on a holiday that has a special entry', () => {
    const of = calendar({
      open: daily('09:00-18:00'),
      holidays: 'FR',
      special: { '2026-07-14': spans('10:00-12:00') },
    });
    expect(told(of, '2026-07-14T11:00+02:00')).toBe('open, opens 2026-07-15T07:00, closes 2026-07-14T10:00');
  });

  it('let a span past midnight end on a holiday, and drop the one that would begin on it', () => {
    const bar = calendar({ open: daily('22:00-02:00'), holidays: 'FR' });
    expect(told(bar, '2026-07-14T01:00+02:00')).toBe('open, opens 2026-07-15T20:00, closes 2026-07-14T00:00');
    expect(told(bar, '2026-07-15T01:00+02:00')).toBe(
      'closed, opens 2026-07-15T20:00, closes 2026-07-16T00:00',
    );
  });
});

describe('opening hours at a DST change', () => {
  it.each([
    {
      says: 'a night over the spring skip in Paris is an hour shorter',
      timezone: 'Europe/Paris',
      open: '22:00-06:00',
      at: '2026-03-29T00:30Z',
      told: 'open, opens 2026-03-29T20:00, closes 2026-03-29T04:00',
    },
    {
      says: 'a night over the autumn repetition in Paris is an hour longer',
      timezone: 'Europe/Paris',
      open: '22:00-06:00',
      at: '2026-10-25T00:30Z',
      told: 'open, opens 2026-10-25T21:00, closes 2026-10-25T05:00',
    },
    {
      says: 'opening within the skip takes place at the skip',
      timezone: 'Europe/Paris',
      open: '02:30-05:00',
      at: '2026-03-29T00:59Z',
      told: 'closed, opens 2026-03-29T01:00, closes 2026-03-29T03:00',
    },
    {
      says: 'closing within the skip takes place at the skip',
      timezone: 'Europe/Paris',
      open: '01:00-02:30',
      at: '2026-03-29T00:59Z',
      told: 'open, opens 2026-03-29T23:00, closes 2026-03-29T01:00',
    },
    {
      says: 'a span within the skip does not take place',
      timezone: 'Europe/Paris',
      open: '02:10-02:50',
      at: '2026-03-29T00:59Z',
      told: 'closed, opens 2026-03-30T00:10, closes 2026-03-30T00:50',
    },
    {
      says: 'a span in the repeated hour runs from its first to its second time',
      timezone: 'Europe/Paris',
      open: '02:00-02:30',
      at: '2026-10-25T00:45Z',
      told: 'open, opens 2026-10-26T01:00, closes 2026-10-25T01:30',
    },
    {
      says: 'two spans in the repeated hour meet',
      timezone: 'Europe/Paris',
      open: '02:00-02:15 02:45-04:00',
      at: '2026-10-25T00:20Z',
      told: 'open, opens 2026-10-26T01:00, closes 2026-10-25T03:00',
    },
    {
      says: 'a night over the skip in New York',
      timezone: 'America/New_York',
      open: '22:00-06:00',
      at: '2026-03-08T06:30Z',
      told: 'open, opens 2026-03-09T02:00, closes 2026-03-08T10:00',
    },
    {
      says: 'a night over the repetition in New York',
      timezone: 'America/New_York',
      open: '22:00-01:30',
      at: '2026-11-01T06:15Z',
      told: 'open, opens 2026-11-02T03:00, closes 2026-11-01T06:30',
    },
    {
      says: 'the skip of half an hour on Lord Howe',
      timezone: 'Australia/Lord_Howe',
      open: '02:15-03:00',
      at: '2026-10-03T15:29Z',
      told: 'closed, opens 2026-10-03T15:30, closes 2026-10-03T16:00',
    },
    {
      says: 'the repetition of half an hour on Lord Howe',
      timezone: 'Australia/Lord_Howe',
      open: '01:00-01:45',
      at: '2026-04-04T14:50Z',
      told: 'open, opens 2026-04-05T14:30, closes 2026-04-04T15:15',
    },
    {
      says: 'an ordinary opening on the day of the skip',
      timezone: 'Europe/Paris',
      open: '09:00-18:00',
      at: '2026-03-29T06:59Z',
      told: 'closed, opens 2026-03-29T07:00, closes 2026-03-29T16:00',
    },
  ])('$says', ({ timezone, open, at, told: expected }) => {
    expect(told(calendar({ timezone, open: daily(open) }), at)).toBe(expected);
  });
});

describe('the time zone of the process', { timeout: 90_000 }, () => {
  const script = `
    import { loadHolidays } from './src/engine/calendar/holidays.js';
    import { hoursAt } from './src/engine/calendar/hours.js';
    import { formatTime } from './src/engine/calendar/format-time.js';
    const holidays = await loadHolidays(['FR', 'SA', 'US-CA']);
    const calendar = JSON.parse(process.env.CALENDAR);
    const times = JSON.parse(process.env.TIMES);
    console.log(JSON.stringify([
      times.map((at) => hoursAt(calendar, at, holidays)),
      times.map((at) => formatTime('Australia/Lord_Howe', at, '%A %F %T %z')),
      ['FR 2026-04-06', 'SA 2026-03-22', 'SA 2026-03-23', 'US-CA 2026-07-03'].map((each) => holidays(...each.split(' '))),
    ]));`;

  it('does not affect opening hours', async () => {
    const of = { ...shop, holidays: 'FR' };
    const times = [
      '2026-03-29T00:30Z',
      '2026-03-29T01:30Z',
      '2026-10-25T00:30Z',
      '2026-04-05T23:30Z',
      '2026-12-31T23:30Z',
    ];
    const run = async (zone: string) => {
      const env = {
        ...process.env,
        TZ: zone,
        CALENDAR: JSON.stringify(of),
        TIMES: JSON.stringify(times.map((each) => Date.parse(each))),
      };
      const args = ['--import', 'tsx', '--input-type=module', '-e', script];
      return (await promisify(execFile)(process.execPath, args, { env })).stdout;
    };
    const zones = ['UTC', 'Europe/Paris', 'America/Los_Angeles', 'Pacific/Kiritimati'];
    const answers = await Promise.all(zones.map(run));
    expect(answers[0]).toContain('"nextOpen":');
    expect(new Set(answers).size).toBe(1);
  });
});

describe('an oracle that checks every minute', { timeout: 90_000 }, () => {
  // Windows of four days around each DST change and the end of the year.
  const windows = [
    { zone: 'Europe/Paris', from: '2026-03-27T12:00Z' },
    { zone: 'Europe/Paris', from: '2026-10-23T12:00Z' },
    { zone: 'America/New_York', from: '2026-10-30T12:00Z' },
    { zone: 'Australia/Lord_Howe', from: '2026-04-02T12:00Z' },
    { zone: 'Australia/Lord_Howe', from: '2026-10-01T12:00Z' },
    { zone: 'UTC', from: '2026-12-29T12:00Z' },
  ].map(({ zone, from }) => ({ zone, start: Date.parse(from), clock: clockFrom(zone, Date.parse(from)) }));

  const span = fc.record({ from: fc.integer({ min: 0, max: 95 }), to: fc.integer({ min: 1, max: 96 }) });
  const quarters = fc.array(
    span.map(({ from, to }) => ({ from: from * 15, to: to * 15 })),
    { maxLength: 3 },
  );

  it('agrees with the calendar on state, next opening and next closing', () => {
    fc.assert(
      fc.property(
        fc.record({
          index: fc.integer({ min: 0, max: windows.length - 1 }),
          week: fc.tuple(quarters, quarters, quarters, quarters, quarters, quarters, quarters),
          special: fc.option(fc.tuple(fc.integer({ min: 0, max: 3 }), quarters), { nil: undefined }),
          closed: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
          minute: fc.integer({ min: 0, max: 96 * 60 }),
        }),
        ({ index, week, special, closed, minute }) => {
          const { zone, start, clock } = windows[index]!;
          const dates = [...new Set(clock.map((each) => each.slice(0, 10)))];
          const closedDate = closed === undefined ? undefined : dates[closed + 2]!;
          const of = calendar({
            timezone: zone,
            open: Object.fromEntries(WEEKDAYS.map((day, place) => [day, week[place]!])),
            special: special ? { [dates[special[0] + 2]!]: special[1] } : {},
            closed: closedDate === undefined ? [] : [{ from: closedDate, to: closedDate }],
          });
          const open = openMinutes(of, clock, dates);
          const now = LEAD + minute;
          const seen = hoursAt(of, start + minute * MINUTE, noHolidays);
          const inWindow = (at: number | null) => (at !== null && at < start + TAIL ? at : null);
          const next = (state: boolean) => {
            const found = open.findIndex((each, i) => i > now && each === state && open[i - 1] === !state);
            return found === -1 ? null : inWindow(start + (found - LEAD) * MINUTE);
          };
          expect([seen.state, inWindow(seen.nextOpen), inWindow(seen.nextClose)]).toEqual([
            open[now] === true ? 'open' : 'closed',
            next(true),
            next(false),
          ]);
        },
      ),
      { numRuns: 200 },
    );
  });
});

/** Minutes before and after the window, so that spans past midnight are included. */
const LEAD = 60 * 60;
const TAIL = 120 * HOUR;

/** The wall-clock time, `2026-03-29 03:00`, one line per minute, by Intl and not by our own code. */
function clockFrom(zone: string, start: number): string[] {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  const lines: string[] = [];
  for (let at = start - LEAD * MINUTE; at < start + TAIL + 48 * HOUR; at += MINUTE)
    lines.push(format.format(at));
  return lines;
}

/** A span is open from the first minute at or after its opening to the last occurrence of its closing, or its skip. */
function openMinutes(of: Calendar, clock: readonly string[], dates: readonly string[]): boolean[] {
  const open = clock.map(() => false);
  dates.forEach((date, index) => {
    const day = WEEKDAYS[(new Date(`${date}T12:00Z`).getUTCDay() + 6) % 7]!;
    const closed = of.closed.some(({ from }) => from === date);
    for (const { from, to } of of.special[date] ?? (closed ? [] : of.open[day]) ?? []) {
      const next = dates[index + 1] ?? '9999-12-31';
      const opens = `${date} ${clockText(from)}`;
      const closes = to === 1440 ? `${next} 00:00` : `${to <= from ? next : date} ${clockText(to)}`;
      const first = clock.findIndex((each) => each >= opens);
      const shown = clock.lastIndexOf(closes);
      const last = shown === -1 ? clock.findLastIndex((each) => each < closes) : shown - 1;
      if (first !== -1) for (let i = first; i <= last; i += 1) open[i] = true;
    }
  });
  return open;
}

function clockText(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
