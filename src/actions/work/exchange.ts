import type { Millis } from '../../domain/time.js';
import { guardedConnection } from '../webhook/addresses.js';
import { bytesOf, responseTo } from '../webhook/response-to.js';

/** Largest response that is read, in bytes. */
export const MOST_BYTES = 256 * 1024;

export interface ExchangeParts {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Hosts that may be internal and may be called without encryption. */
  readonly allowHosts: readonly string[];
  /** Time limit of the whole request, with its response. */
  readonly timeout: Millis;
  readonly signal: AbortSignal;
}

export interface Exchanged {
  readonly status: number;
  readonly text: string;
  /** Value of the header `Retry-After`, null if not set. */
  readonly retryAfter: string | null;
}

/**
 * Makes a request once and reads its response. Redirects are not followed: they could lead to a forbidden address.
 * Throws InnerAddressError for an internal host that is not allowed, and Error for any other failure.
 */
export async function exchange(parts: ExchangeParts): Promise<Exchanged> {
  const { url, method, headers, body, allowHosts, timeout, signal } = parts;
  const limit = AbortSignal.timeout(timeout);
  const options = {
    method,
    headers: { ...headers, 'accept-encoding': 'identity' },
    signal: AbortSignal.any([signal, limit]),
    ...guardedConnection(url, allowHosts),
  };
  try {
    const response = await responseTo(url, options, body);
    const bytes = await bytesOf(response, MOST_BYTES);
    if (bytes === null) throw new Error(`the response has more than ${MOST_BYTES} bytes`);
    const { statusCode: status = 0, headers: given } = response;
    return { status, text: bytes.toString('utf8'), retryAfter: given['retry-after'] ?? null };
  } catch (error) {
    if (limit.aborted) throw new Error(`no response within ${timeout / 1_000} s`, { cause: error });
    throw error;
  }
}
