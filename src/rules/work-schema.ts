import { z } from 'zod';
import { SECOND, type Millis } from '../domain/time.js';
import { FETCH_METHODS, isJsonPath } from '../domain/work.js';
import { formed, says, section } from '../yaml/shape.js';
import { count, duration, text } from '../yaml/values.js';
import { bodySchema, headersSchema, urlSchema } from './request-schema.js';

const LONGEST_FETCH: Millis = 30 * SECOND;

/** The name of a field of a contact. */
export const FIELD_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/u;

export const fieldName = formed(
  z.string().max(50),
  FIELD_NAME,
  'is not a field name: letters a to z, digits and _ only, no digit first',
  'Write it as one word: shoe_size.',
);

/** A step that hands out a code, over lists of steps. */
export function codeSchema<Step>(steps: () => z.ZodType<readonly Step[]>) {
  return section({
    from: text().max(500).describe('A file with a code per line, in the folder of the rule file or below.'),
    save: fieldName.describe('The field of the contact in which the code is stored.'),
    low: count(0, 1_000_000)
      .optional()
      .describe('How many codes are left when the owner is notified. Default: 20.'),
    empty: steps().optional().describe('The steps when no code is left, instead of those behind it.'),
  });
}

/** A step that asks another service, over lists of steps. */
export function fetchSchema<Step>(steps: () => z.ZodType<readonly Step[]>) {
  return section({
    url: urlSchema.describe('The address; begins with https://. A template, but for the host.'),
    method: z.enum(FETCH_METHODS).optional().describe('The method of the request. Default: GET.'),
    headers: headersSchema
      .optional()
      .describe('Headers. Secrets from the environment: { Authorization: "Bearer ${SHOP_KEY}" }.'),
    body: bodySchema.optional().describe('What is sent: a block, whose texts are templates, or a text.'),
    save: z
      .record(
        fieldName,
        z
          .string()
          .max(200)
          .refine(isJsonPath, says('is not a path', 'Write "$.status", or "$.items[0].name".')),
      )
      .optional()
      .describe('Fields of the contact by their paths in the response: { status: "$.status" }.'),
    timeout: duration(LONGEST_FETCH).optional().describe('How long to wait for the response. Default: 5s.'),
    idempotency_key: z
      .boolean()
      .optional()
      .describe('true: send an Idempotency-Key, so that POST and PATCH are retried as well.'),
    on_error: steps().optional().describe('The steps after a failure, instead of those behind it.'),
  });
}

export type RawCode<Step> = z.output<ReturnType<typeof codeSchema<Step>>>;
export type RawFetch<Step> = z.output<ReturnType<typeof fetchSchema<Step>>>;
