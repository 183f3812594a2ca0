import { expect, it } from 'vitest';
import type { Calendar } from '../../src/domain/calendar.js';
import { parseInstant } from '../../src/domain/time.js';
import { formatIn, zoneOf } from '../../src/cli/zoned-time.js';

it.each([
  ['UTC', '2026-11-24T09:00:00.000Z', '2026-11-24T09:00:00.000Z'],
  ['Europe/Paris', '2026-11-24T09:00:00.000Z', '2026-11-24T10:00:00.000+01:00'],
  // The same local time twice, on the night when summer time ends.
  ['Europe/Paris', '2026-10-25T00:30:00.000Z', '2026-10-25T02:30:00.000+02:00'],
  ['Europe/Paris', '2026-10-25T01:30:00.000Z', '2026-10-25T02:30:00.000+01:00'],
  ['America/New_York', '2026-01-01T03:59:59.999Z', '2025-12-31T22:59:59.999-05:00'],
  ['America/St_Johns', '2026-01-01T12:00:00.000Z', '2026-01-01T08:30:00.000-03:30'],
  ['Asia/Kathmandu', '2026-01-01T12:00:00.000Z', '2026-01-01T17:45:00.000+05:45'],
])('in %s the time %s is %s', (zone, at, shown) => {
  const instant = parseInstant(at)!;
  expect(formatIn(zone, instant)).toBe(shown);
  expect(parseInstant(shown)).toBe(instant);
});

it.each([
  [[], 'UTC'],
  [['Europe/Paris'], 'Europe/Paris'],
  [['Europe/Paris', 'Europe/Paris'], 'Europe/Paris'],
  [['Europe/Paris', 'Asia/Tokyo'], 'UTC'],
])('calendars in %j show times in %s', (zones, zone) => {
  expect(zoneOf({ calendars: zones.map((timezone) => ({ timezone }) as Calendar) })).toBe(zone);
});
