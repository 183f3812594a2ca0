import { request as requestPlain } from 'node:http';
import { request as requestSecure, type RequestOptions } from 'node:https';
import type { Millis } from '../../domain/time.js';
import { guardedConnection } from '../webhook/addresses.js';

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
  const options: RequestOptions = {
    method,
    headers: { ...headers, 'accept-encoding': 'identity' },
    signal: AbortSignal.any([signal, limit]),
    agent: false,
    ...guardedConnection(url, allowHosts),
  };
  try {
    return await answered(url, options, body);
  } catch (error) {
    if (limit.aborted) throw new Error(`no response within ${timeout / 1_000} s`, { cause: error });
    throw error;
  }
}

function answered(url: URL, options: RequestOptions, body: string): Promise<Exchanged> {
  const request = url.protocol === 'https:' ? requestSecure : requestPlain;
  return new Promise((resolve, reject) => {
    const call = request(url, options, (answer) => {
      const chunks: Buffer[] = [];
      let length = 0;
      answer.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > MOST_BYTES) {
          reject(new Error(`the response has more than ${MOST_BYTES} bytes`));
          answer.destroy();
        } else chunks.push(chunk);
      });
      answer.on('error', reject);
      answer.on('end', () => {
        const { statusCode: status = 0, headers } = answer;
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status, text, retryAfter: headers['retry-after'] ?? null });
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}
