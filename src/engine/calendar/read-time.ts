import { SECOND } from '../../domain/time.js';
import type { Instant } from '../../domain/time.js';
import { instantOf } from './zone.js';

const LOCAL = /^(?<date>\d{4}-\d\d-\d\d)(?:[T ](?<hour>[01]\d|2[0-3]):(?<minute>[0-5]\d)(?::[0-5]\d)?)?$/u;
const FULL = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/u;
const SECONDS = /^\d{1,12}$/u;

/**
 * Parses ISO 8601 with an offset, a date or a date and time in the given zone (seconds are ignored), or
 * seconds since 1970. Returns null for any other text. Throws a RangeError for an unknown zone.
 */
export function readTime(timezone: string, text: string): Instant | null {
  if (SECONDS.test(text)) return Number(text) * SECOND;
  if (FULL.test(text)) return orNull(Date.parse(text));
  const { date, hour = '0', minute = '0' } = LOCAL.exec(text)?.groups ?? {};
  if (date === undefined || orNull(Date.parse(`${date}T00:00Z`)) === null) return null;
  return instantOf(timezone, date, Number(hour) * 60 + Number(minute), 'earlier');
}

function orNull(at: number): Instant | null {
  return Number.isNaN(at) ? null : at;
}
