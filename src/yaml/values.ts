import { z } from 'zod';
import { DAY, formatDuration, MINUTE, parseDuration, SECOND, type Millis } from '../domain/time.js';
import { says } from './shape.js';

const DURATION_FIX = 'Write a number and a unit: 30s, 5m, 12h or 45d.';

/** A text that is not blank. */
export function text() {
  return z
    .string()
    .min(1)
    .refine((value) => value.trim() !== '', says('is blank', 'Write a text, or remove the key.'));
}

/** A duration as text, such as `30s`: more than zero, and at most `most`. */
export function duration(most: Millis = 3_650 * DAY) {
  return z
    .string({ error: 'is not a length of time: write a number and a unit, such as 30s, 5m, 12h or 45d' })
    .refine((value) => parseDuration(value) !== undefined, {
      ...says('is not a length of time', DURATION_FIX),
      abort: true,
    })
    .refine((value) => (parseDuration(value) ?? 0) > 0, says('is zero', DURATION_FIX))
    .refine(
      (value) => (parseDuration(value) ?? 0) <= most,
      says(`is too long; the maximum is ${formatDuration(most)}`, 'Shorten it.'),
    );
}

/** Milliseconds of a checked duration. */
export function millis(value: string): Millis {
  return parseDuration(value) ?? SECOND;
}

/** A whole number between two bounds. */
export function count(least: number, most: number) {
  return z.int().min(least).max(most);
}

/** The key `settle` of a rule, an account and all accounts. */
export function settleSchema() {
  return z
    .union([z.literal(false), duration(10 * MINUTE)], {
      error: 'is neither a length of time up to 10m, such as 20s, nor false',
    })
    .optional()
    .describe(
      'Wait until the contact pauses this long, and decide once over all that they wrote. false: at once.',
    );
}

/** Milliseconds of `settle`; absent if not set. */
export function settleOf(written: string | false | undefined): { readonly settle?: Millis } {
  if (written === undefined) return {};
  return { settle: written === false ? 0 : millis(written) };
}
