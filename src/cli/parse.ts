import type { Instant, Millis } from '../domain/time.js';
import { LIMITS } from '../domain/limits.js';
import { parseDuration } from '../domain/time.js';
import { Exit } from './exit.js';

/** Parses a value of a closed list; exits with 1 and the list for any other value. */
export function oneOf<T extends string>(option: string, value: string, values: readonly T[]): T {
  const found = values.find((each) => each === value);
  if (found === undefined)
    throw new Exit(1, `${option} is "${value}"; fix: write one of ${values.join(', ')}`);
  return found;
}

const ISO = /^(?<day>\d{4}-\d{2}-\d{2})(?<time>T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?$/u;

/** Parses a time in ISO 8601; without a zone in local time, and a date alone is its local midnight. */
export function atOf(option: string, value: string): Instant {
  const { day = '', time } = ISO.exec(value)?.groups ?? {};
  const at = isDay(day) ? Date.parse(`${day}${time ?? 'T00:00'}`) : Number.NaN;
  if (Number.isNaN(at))
    throw new Exit(1, `${option} is "${value}"; fix: write a time such as 2026-11-24T10:00:00+01:00`);
  return at;
}

/** True for an existing date. Date.parse reads 30 February as 2 March. */
function isDay(day: string): boolean {
  const at = Date.parse(day);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}

/** Parses a duration above 0. */
export function durationOf(option: string, value: string, examples = '30s, 5m, 12h, 7d'): Millis {
  const length = parseDuration(value);
  if (length === undefined || length <= 0 || length > LIMITS.longestTime)
    throw new Exit(1, `${option} is "${value}"; fix: write a length of time such as ${examples}`);
  return length;
}

export function integerOf(option: string, value: string, from: number, to: number): number {
  const number = /^\d+$/u.test(value) ? Number(value) : Number.NaN;
  if (!(number >= from && number <= to))
    throw new Exit(1, `${option} is "${value}"; fix: write a whole number from ${from} to ${to}`);
  return number;
}
