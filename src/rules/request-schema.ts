import { z } from 'zod';
import type { BodyTemplate } from '../domain/request.js';
import { formed, says } from '../yaml/shape.js';
import { text } from '../yaml/values.js';

const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/u;

/** An address, whose path and query may contain templates. */
export const urlSchema = text().max(2_000);

/** Headers of a request. Secrets in them are names of environment variables. */
export const headersSchema = z
  .record(
    formed(
      z.string().max(100),
      HEADER_NAME,
      'is not the name of a header',
      'Write a name without spaces and colons, such as Authorization.',
    ),
    z.string().min(1).max(2_000),
  )
  .refine(
    (headers) => Object.keys(headers).length <= 20,
    says('has too many headers; the maximum is 20', 'Remove some.'),
  );

const MOST_LEVELS = 8;

/** The body of a request: a text, or a block or list that becomes JSON. */
export const bodySchema = z.union(
  [z.string().min(1), z.record(z.string(), z.unknown()), z.array(z.unknown())],
  {
    error: 'is neither a text nor a block',
  },
);
export type RawBody = z.output<typeof bodySchema>;

/** A body of known types; undefined if it has other values, or too many levels. */
export function bodyOf(raw: unknown, levels = MOST_LEVELS): BodyTemplate | undefined {
  if (raw === null || typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean')
    return raw;
  if (typeof raw !== 'object' || levels === 0) return undefined;
  if (Array.isArray(raw)) {
    const items = raw.map((each: unknown) => bodyOf(each, levels - 1));
    return items.every((each) => each !== undefined) ? items : undefined;
  }
  const fields = Object.entries(raw).map(([key, value]) => [key, bodyOf(value, levels - 1)] as const);
  if (fields.some(([, value]) => value === undefined)) return undefined;
  return Object.fromEntries(fields) as BodyTemplate;
}
