/** Fields of the API's rows, each read as it is met and not only as it is described. */
import { z } from 'zod';
import { parseInstant } from '../domain/time.js';

/** PostgreSQL stores no NUL, and neither database gives half of a surrogate pair back as it was. */
function storable(value: string): string {
  return value.replaceAll('\0', '\u{FFFD}').replace(/\p{Cs}/gu, '\u{FFFD}');
}

const storableText = z.string().transform(storable);

/** Text or number. A number that JSON.parse rounds arrives as text, see `parseJson`. */
export const id = z.union([storableText.pipe(z.string().min(1)), z.int().transform(String)]);

/** Null if absent, empty or of another type. */
export const optionalId = id.nullish().catch(null).transform(orNull);

/** Null if absent or of another type. */
export const optionalText = storableText.nullish().catch(null).transform(orNull);

/** '' if absent or null; a text of another type is not taken for an empty one. */
export const text = storableText.nullish().transform((value) => value ?? '');

/** '' if absent or of another type: enums grow, and no value of them is one that we cannot do without. */
export const anyWord = storableText.catch('');

/** A code, as it is written. Null if absent or of another type. */
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

/** Null if absent or anything but a yes or no. */
export const optionalBoolean = z
  .union([z.boolean(), z.literal('true').transform(() => true), z.literal('false').transform(() => false)])
  .nullish()
  .catch(null)
  .transform(orNull);

function orNull<T>(value: T | null | undefined): T | null {
  return value ?? null;
}
