import type { Config } from '../domain/config.js';
import { formatInstant, type Instant, MINUTE } from '../domain/time.js';
import { offsetOf } from '../engine/calendar/zone.js';

const UTC = 'UTC';

/** The time zone of times for people: that of the calendars, or UTC without calendars and with several zones. */
export function zoneOf({ calendars }: Pick<Config, 'calendars'>): string {
  const zones = new Set(calendars.map(({ timezone }) => timezone));
  const [only] = zones;
  return only !== undefined && zones.size === 1 ? only : UTC;
}

/** Formats ISO 8601 with the offset of the zone: `2026-11-24T10:00:00.000+01:00`. */
export function formatIn(zone: string, at: Instant): string {
  if (zone === UTC) return formatInstant(at);
  const offset = offsetOf(zone, at);
  const minutes = Math.round(Math.abs(offset) / MINUTE);
  const digits = [Math.floor(minutes / 60), minutes % 60].map((each) => String(each).padStart(2, '0'));
  return `${formatInstant(at + offset).slice(0, -1)}${offset < 0 ? '-' : '+'}${digits.join(':')}`;
}
