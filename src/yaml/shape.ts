import { z } from 'zod';

/** What a check of ours tells `issues.ts` beside its message. */
export interface CheckParams {
  readonly mend?: string;
  readonly code?: string;
  /** The message is a whole sentence; otherwise it goes on after the value: `"5 min" is no length of time`. */
  readonly isWhole?: boolean;
  readonly at?: 'key' | 'value';
}

/**
 * A block of known keys. Any other key is an error; the names that are known travel to `issues.ts` in the message,
 * since a zod issue has no other room for them.
 */
export function section<S extends z.core.$ZodLooseShape>(shape: S) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : undefined),
  });
}

/** The words of a check on one value: they go on after the value itself, as in `"abc" is not a number`. */
export function says(error: string, mend: string): { error: string; params: CheckParams } {
  return { error, params: { mend } };
}

/** A problem that a check over several values raises: a whole sentence, at a path below the checked value. */
export function sentence(path: PropertyKey[], message: string, params: CheckParams) {
  return { code: 'custom' as const, path, message, params: { ...params, isWhole: true } };
}
