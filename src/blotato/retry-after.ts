import { LIMITS } from '../domain/limits.js';
import { SECOND } from '../domain/time.js';
import type { Instant, Millis } from '../domain/time.js';

const SECONDS = /^\d+(?:\.\d+)?$/u;
/**
 * The only date form that RFC 9110, section 5.6.7, allows a server to send: `Sun, 06 Nov 1994 08:49:37 GMT`.
 */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/u;

/** Parses an HTTP date, as in the `Date` header. Null if it is not one. */
export function parseHttpDate(value: string | null): Instant | null {
  const text = value?.trim() ?? '';
  const at = HTTP_DATE.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? null : at;
}

/**
 * Parses `Retry-After`: seconds, or an HTTP date relative to `now` (preferably the server's time). At most
 * LIMITS.retryAfterMost. Null if absent or not meaningful: zero and past times are not meaningful after a
 * refusal.
 */
export function parseRetryAfter(value: string | null, now: Instant): Millis | null {
  const text = value?.trim() ?? '';
  const wait = SECONDS.test(text) ? Math.ceil(Number(text) * SECOND) : (parseHttpDate(text) ?? now) - now;
  return wait > 0 ? Math.min(wait, LIMITS.retryAfterMost) : null;
}
