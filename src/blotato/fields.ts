/** Fields of the API's rows, parsed as they occur in practice, not only as described. */
import { z } from 'zod';
import { parseInstant } from '../domain/time.js';

/** PostgreSQL cannot store NUL, and neither database returns half of a surrogate pair unchanged. */
function storable(value: string): string {
  return value.replaceAll('\0', '\u{FFFD}').replace(/\p{Cs}/gu, '\u{FFFD}');
}

const storableText = z.string().transform(storable);

/** An id, as text or number. A number that JSON.parse would round arrives as text, see `parseJson`. */
export const id = z.union([storableText.pipe(z.string().min(1)), z.int().transform(String)]);

/** An optional id; null if absent, empty or of another type. */
export const optionalId = id.nullish().catch(null).transform(orNull);

/** An optional text; null if absent or of another type. */
export const optionalText = storableText.nullish().catch(null).transform(orNull);

/** A text; '' if absent or null. A value of another type is an error, not an empty text. */
export const text = storableText.nullish().transform((value) => value ?? '');

/**
 * A value of an enum; '' if absent or of another type, since enums grow and none of their values is
 * essential.
 */
export const anyWord = storableText.catch('');

/** A code as written. Null if absent or of another type. */
export const errorCode = z
  .union([z.number().transform(String), storableText.pipe(z.string().min(1))])
  .nullish()
  .catch(null)
  .transform(orNull);

export const instant = z.string().transform((value, context) => {
  const at = parseInstant(value);
  if (at !== undefined) return at;
  context.addIssue({ code: 'custom', message: 'not a date' });
  return z.NEVER;
});

/** An optional boolean; null if absent or of another type. */
export const optionalBoolean = z
  .union([z.boolean(), z.literal('true').transform(() => true), z.literal('false').transform(() => false)])
  .nullish()
  .catch(null)
  .transform(orNull);

function orNull<T>(value: T | null | undefined): T | null {
  return value ?? null;
}
