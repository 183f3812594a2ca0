import { z } from 'zod';
import type { Instant } from '../domain/time.js';
import { BlotatoError } from './errors.js';
import { parseHttpDate, parseRetryAfter } from './retry-after.js';

const TEXT_LENGTH = 300;
const CODE_LENGTH = 40;

/** A number, or a text such as `10/2534022`. */
const errorCode = z.union([z.number().transform(String), z.string().max(CODE_LENGTH)]);
/** `{ code?, reqId?, message }` by the description. Anything else in the way of the status is passed over. */
const errorSchema = z.object({
  code: errorCode.nullish().catch(null),
  reqId: z.string().nullish().catch(null),
  message: z.string().nullish().catch(null),
});

export interface RefusedResponse {
  readonly route: string;
  readonly response: Response;
  /** The body: parsed JSON, or its text when it is none. */
  readonly body: unknown;
  readonly now: Instant;
  readonly redact: (text: string) => string;
}

/** Makes the error of an answer outside 200 to 299. Reads what it can of the body, and never fails on it. */
export function toBlotatoError({ route, response, body, now, redact }: RefusedResponse): BlotatoError {
  const { code, reqId, message } = errorSchema.safeParse(body).data ?? {};
  return new BlotatoError({
    route,
    status: response.status,
    code: code || null,
    reqId: reqId ? redact(reqId) : null,
    // Against the server's own date where there is one: our clock may be wrong.
    retryAfter: parseRetryAfter(
      response.headers.get('retry-after'),
      parseHttpDate(response.headers.get('date')) ?? now,
    ),
    // The key goes before the text is cut: half of a key is still a part of a key.
    text: shorten(redact(message ?? textOf(body, response))),
  });
}

function textOf(body: unknown, response: Response): string {
  if (response.status < 400) return 'a redirect, which is not followed; check `blotato.base_url`';
  if (typeof body !== 'string' || body.trim() === '') return 'without a word';
  return body.trimStart().startsWith('<') ? 'a web page, not the API' : body;
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  return line.length > TEXT_LENGTH ? `${line.slice(0, TEXT_LENGTH)}…` : line;
}
