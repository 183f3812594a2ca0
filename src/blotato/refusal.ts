import { z } from 'zod';
import type { Instant } from '../domain/time.js';
import { BlotatoError } from './errors.js';
import { parseHttpDate, parseRetryAfter } from './retry-after.js';

const TEXT_LENGTH = 300;
const CODE_LENGTH = 40;

/** Schema of an error code: a number, or a text such as `10/2534022`. */
const errorCode = z.union([z.number().transform(String), z.string().max(CODE_LENGTH)]);
/** `{ code?, reqId?, message }` by the description. Everything else is ignored. */
const errorSchema = z.object({
  code: errorCode.nullish().catch(null),
  reqId: z.string().nullish().catch(null),
  message: z.string().nullish().catch(null),
});

export interface RefusedResponse {
  readonly route: string;
  readonly response: Response;
  /** The body: parsed JSON, or its text if it is not JSON. */
  readonly body: unknown;
  readonly now: Instant;
  readonly redact: (text: string) => string;
}

/**
 * Creates the error of a response outside 200 to 299. Reads as much of the body as possible, and never fails.
 */
export function toBlotatoError({ route, response, body, now, redact }: RefusedResponse): BlotatoError {
  const { code, reqId, message } = errorSchema.safeParse(body).data ?? {};
  return new BlotatoError({
    route,
    status: response.status,
    code: code || null,
    reqId: reqId ? redact(reqId) : null,
    // A date in `Retry-After` is relative to the server's own clock if known, as our clock may be wrong.
    retryAfter: parseRetryAfter(
      response.headers.get('retry-after'),
      parseHttpDate(response.headers.get('date')) ?? now,
    ),
    // The key is redacted before the text is cut: half of a key is still secret.
    text: shorten(redact(message ?? textOf(body, response))),
  });
}

function textOf(body: unknown, response: Response): string {
  if (response.status < 400) return 'a redirect, which is not followed; check `blotato.base_url`';
  if (typeof body !== 'string' || body.trim() === '') return 'no message';
  return body.trimStart().startsWith('<') ? 'a web page, not the API' : body;
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  return line.length > TEXT_LENGTH ? `${line.slice(0, TEXT_LENGTH)}…` : line;
}
