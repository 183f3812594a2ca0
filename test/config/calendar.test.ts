import { describe, expect, it } from 'vitest';
import { isDate, parseDates, parseDays, parseSpan } from '../../src/config/clock-values.js';
import { parseConfig } from '../../src/config/load.js';
import { isSchedule } from '../../src/poller/schedule.js';
import { hoursOn } from '../../src/engine/calendar/day.js';
import { YEARLY } from '../vectors/calendar-dates.js';
import type { Calendar } from '../../src/domain/calendar.js';

function calendar(lines: string): Calendar | undefined {
  const text = `version: 1
blotato: { api_key: x }
accounts: [{ name: a, id: "1", platform: instagram }]
calendars:
  shop:
    timezone: Europe/Paris
${lines.replace(/^/gmu, '    ')}
`;
  const checked = parseConfig(text, 'config.yaml', {}, isSchedule);
  if (!checked.ok) throw new Error(checked.findings.map((finding) => finding.message).join('\n'));
  return checked.value.calendars[0];
}

describe('opening hours in config.yaml', () => {
  it('are parsed as documented', () => {
    const lines = `open:
  mon-fri: ["09:00-12:30", "14:00-18:00"]
  sat: ["22:00-02:00"]
closed: [2026-12-25, 2026-12-31..2027-01-02]
special: { 2026-12-24: ["09:00-12:00"] }
holidays: FR`;
    const day = [
      { from: 540, to: 750 },
      { from: 840, to: 1080 },
    ];
    expect(calendar(lines)).toEqual({
      name: 'shop',
      timezone: 'Europe/Paris',
      open: { mon: day, tue: day, wed: day, thu: day, fri: day, sat: [{ from: 1320, to: 120 }] },
      closed: [
        { from: '2026-12-25', to: '2026-12-25' },
        { from: '2026-12-31', to: '2027-01-02' },
      ],
      special: { '2026-12-24': [{ from: 540, to: 720 }] },
      holidays: 'FR',
    });
  });

  it('accept closed days in several notations', () => {
    expect(calendar('open: { mon: ["00:00-24:00"], sun: [] }')?.open).toEqual({
      mon: [{ from: 0, to: 1440 }],
      sun: [],
    });
  });

  it.each([
    ['09:00-12:30', { from: 540, to: 750 }],
    ['22:00-02:00', { from: 1320, to: 120 }],
    ['22:00-24:00', { from: 1320, to: 1440 }],
    ['00:00-24:00', { from: 0, to: 1440 }],
    ['22:00-00:00', { from: 1320, to: 0 }],
    ['9:00-12:00', undefined],
    ['09:00-09:00', undefined],
    ['24:00-02:00', undefined],
    ['09:60-12:00', undefined],
    ['09:00-24:01', undefined],
    ['09:00', undefined],
  ])('accept or refuse the span %s', (text, span) => {
    expect(parseSpan(text)).toEqual(span);
  });

  it.each([
    ['mon', ['mon']],
    ['mon-wed', ['mon', 'tue', 'wed']],
    ['sat-sun', ['sat', 'sun']],
    ['fri-mon', ['fri', 'sat', 'sun', 'mon']],
    ['sun-sat', ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']],
    ['mon-', undefined],
    ['Mon', undefined],
    ['mon-tue-wed', undefined],
    ['weekend', undefined],
  ])('accept or refuse the days %s', (text, days) => {
    expect(parseDays(text)).toEqual(days);
  });

  it.each([
    ['2028-02-29', true],
    ['2026-02-29', false],
    ['2026-13-01', false],
    ['2026-1-1', false],
  ])('accept or refuse a date %s: %s', (text, exists) => {
    expect(isDate(text)).toBe(exists);
  });

  it('do not run from a later date to an earlier one', () => {
    expect(parseDates('2027-01-02..2026-12-31')).toBeUndefined();
    expect(parseDates('2026-12-31..2026-12-31')).toEqual({ from: '2026-12-31', to: '2026-12-31' });
  });
});

describe('date ranges and yearly dates', () => {
  const lines = `open: { mon-sun: ["09:00-18:00"] }
closed: [12-25, 12-31..01-02, 2027-02-08..2027-02-09]
special: { 12-24..12-26: ["09:00-12:00"], 2027-03-01..2027-03-09: [], 2027-12-24: ["10:00-11:00"], 02-29: [] }`;
  const at = (date: string) => hoursOn(calendar(lines)!, date, () => null);

  it.each(YEARLY)('%s: %s by %s', (date, hours, source) => {
    const spans = hours === '' ? [] : [parseSpan(hours)];
    expect(at(date)).toEqual({ spans, source });
  });

  it.each(['13-01', '02-30', '12-24..2027-01-02', '2027-01-02..01-04', '12-24..12-26..12-28', '12-1'])(
    'refuses %s',
    (text) => {
      expect(parseDates(text)).toBeUndefined();
    },
  );
});
