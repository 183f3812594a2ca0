import { LIMITS } from '../domain/limits.js';
import { SECOND } from '../domain/time.js';
import type { Instant, Millis } from '../domain/time.js';

const SECONDS = /^\d+(?:\.\d+)?$/u;
/** The one date form that RFC 9110, section 5.6.7, lets a server write: `Sun, 06 Nov 1994 08:49:37 GMT`. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/u;

/** Reads an HTTP date, as in the `Date` header. Null when it is none. */
export function parseHttpDate(value: string | null): Instant | null {
  const text = value?.trim() ?? '';
  const at = HTTP_DATE.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? null : at;
}

/**
 * Reads `Retry-After`: seconds, or an HTTP date against `now` (best the server's own). At most LIMITS.retryAfterMost.
 * Null when it is absent or senseless: no wait at all and a time gone by are senseless after a refusal.
 */
export function parseRetryAfter(value: string | null, now: Instant): Millis | null {
  const text = value?.trim() ?? '';
  const wait = SECONDS.test(text) ? Math.ceil(Number(text) * SECOND) : (parseHttpDate(text) ?? now) - now;
  return wait > 0 ? Math.min(wait, LIMITS.retryAfterMost) : null;
}
