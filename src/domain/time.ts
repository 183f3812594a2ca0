/** A length of time in milliseconds. */
export type Millis = number;

/** A point in time: milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/**
 * Returns the current time. Clocks are always passed as parameters, so that tests and replays control the
 * time.
 */
export type Clock = () => Instant;

export const SECOND: Millis = 1_000;
export const MINUTE: Millis = 60 * SECOND;
export const HOUR: Millis = 60 * MINUTE;
export const DAY: Millis = 24 * HOUR;

const UNITS: Readonly<Record<string, Millis>> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY };
const DURATION = /^(?<amount>\d+(?:\.\d+)?)\s*(?<unit>ms|s|m|h|d)$/u;

/** Parses `30s`, `2m`, `12h`, `45d`, `250ms`. Returns undefined for anything else. */
export function parseDuration(text: string): Millis | undefined {
  const { amount, unit } = DURATION.exec(text.trim())?.groups ?? {};
  if (amount === undefined || unit === undefined) return undefined;
  return Math.round(Number(amount) * (UNITS[unit] ?? 0));
}

/** Formats a duration for people: `45 s`, `5 min`, `2 h 30 min`, `3 d`. */
export function formatDuration(length: Millis): string {
  const seconds = Math.round(length / SECOND);
  if (seconds < 60) return `${seconds} s`;
  const wholeMinutes = Math.round(length / MINUTE);
  if (wholeMinutes < 60) return `${wholeMinutes} min`;
  const hours = Math.floor(wholeMinutes / 60);
  if (hours >= 48) return `${Math.round(length / DAY)} d`;
  const minutes = wholeMinutes % 60;
  return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`;
}

const ISO =
  /^(?<date>\d{4}-\d{2}-\d{2})(?:[Tt ](?<minute>\d{2}:\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d+))?)?)?\s?(?<zone>[Zz]|[+-]\d{2}(?::?\d{2})?)?$/u;

/**
 * Parses a point in time as APIs write it: ISO 8601 with any offset and any number of decimals. Without a
 * zone it is UTC, not the zone of this machine. Returns undefined for anything else.
 */
export function parseInstant(written: string): Instant | undefined {
  const {
    date,
    minute = '00:00',
    second = '00',
    fraction = '',
    zone,
  } = ISO.exec(written.trim())?.groups ?? {};
  if (date === undefined) return undefined;
  const at = Date.parse(
    `${date}T${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}${offsetOf(zone)}`,
  );
  return Number.isNaN(at) ? undefined : at;
}

/** Normalises `+0200` and `+02` to `+02:00`. */
function offsetOf(zone: string | undefined): string {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 'Z';
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return `${zone.slice(0, 1)}${digits.slice(0, 2)}:${digits.slice(2)}`;
}

/** Formats a point in time as ISO 8601 in UTC. */
export function formatInstant(at: Instant): string {
  return new Date(at).toISOString();
}
