import { z } from 'zod';

/** Data that our own checks pass to `issues.ts` besides the message. */
export interface CheckParams {
  readonly fix?: string;
  readonly code?: string;
  /**
   * True if the message is a whole sentence; otherwise it follows the value: `"5 min" is not a length of
   * time`.
   */
  readonly isWhole?: boolean;
  readonly at?: 'key' | 'value';
}

/**
 * A block of known keys; any other key is an error. The known names are passed to `issues.ts` in the message,
 * since a zod issue has no other field for them.
 */
export function section<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : undefined),
  });
}

/** Message and fix of a check on one value; the message follows the value, as in `"abc" is not a number`. */
export function says(error: string, fix: string): { error: string; params: CheckParams } {
  return { error, params: { fix } };
}

/**
 * A text of a form. The message follows the value, as with `says`. In place of `.regex()`, which drops the fix; the JSON
 * Schema has the pattern all the same. Call it last: what is chained after it loses the pattern.
 */
export function formed(schema: z.ZodString, pattern: RegExp, error: string, fix: string): z.ZodString {
  const { source } = pattern;
  return schema.refine((value) => pattern.test(value), says(error, fix)).meta({ pattern: source });
}

/** Issue raised by a check across several values: a whole sentence, at a path below the checked value. */
export function sentence(path: PropertyKey[], message: string, params: CheckParams) {
  return { code: 'custom' as const, path, message, params: { ...params, isWhole: true } };
}
