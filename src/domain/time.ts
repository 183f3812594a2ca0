/** A length of time in milliseconds. */
export type Millis = number;

/** A point in time: milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** Gives the present. A parameter everywhere, so that tests and replays turn it by hand. */
export type Clock = () => Instant;

export const SECOND: Millis = 1_000;
export const MINUTE: Millis = 60 * SECOND;
export const HOUR: Millis = 60 * MINUTE;
export const DAY: Millis = 24 * HOUR;

const UNITS: Readonly<Record<string, Millis>> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY };
const DURATION = /^(?<amount>\d+(?:\.\d+)?)\s*(?<unit>ms|s|m|h|d)$/u;

/** Reads `30s`, `2m`, `12h`, `45d`, `250ms`. Returns undefined for anything else. */
export function parseDuration(text: string): Millis | undefined {
  const { amount, unit } = DURATION.exec(text.trim())?.groups ?? {};
  if (amount === undefined || unit === undefined) return undefined;
  return Math.round(Number(amount) * (UNITS[unit] ?? 0));
}

/** Writes a length of time for people: `45 s`, `5 min`, `2 h 30 min`, `3 d`. */
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

/** Writes a point in time as ISO 8601 in UTC. */
export function formatInstant(at: Instant): string {
  return new Date(at).toISOString();
}
