import { createHash, createHmac } from 'node:crypto';
import { type Instant, type Millis, SECOND } from '../../domain/time.js';
import type { Webhook } from '../../domain/webhook.js';
import { guardedConnection } from './addresses.js';
import { responseTo } from './response-to.js';
import { filled, filledHeaders } from './variables.js';

export interface PostParts {
  /** Hosts that may be internal and may be called without encryption. */
  readonly allowHosts: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Timeout of the whole request. */
  readonly timeout: Millis;
  readonly now: Instant;
  readonly signal: AbortSignal;
}

export interface Posted {
  readonly status: number;
  /** Wait requested by the receiver, in milliseconds. */
  readonly retryAfter: Millis | null;
}

/** The parts of a webhook that a request needs. */
type Sent = Pick<Webhook, 'url' | 'key' | 'body' | 'secret'> &
  Partial<Pick<Webhook, 'target' | 'method' | 'headers'>>;

/** Headers with the signature and the idempotency key. Throws Error if a variable is not set. */
export function headersOf(
  { key, body, secret, headers: written = {} }: Pick<Sent, 'key' | 'body' | 'secret' | 'headers'>,
  { env, now }: Pick<PostParts, 'env' | 'now'>,
): Record<string, string> {
  const headers = {
    ...(body === '' ? {} : { 'content-type': 'application/json' }),
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'blotato-autoresponder',
    ...filledHeaders(written, env),
    'idempotency-key': createHash('sha256').update(key).digest('hex').slice(0, 32),
  };
  if (secret === null) return headers;
  const value = filled(secret, env, 'the signing secret');
  const seconds = Math.floor(now / SECOND);
  const signature = createHmac('sha256', value).update(`${seconds}.${body}`).digest('hex');
  return { ...headers, 'autoresponder-signature': `t=${seconds},v1=${signature}` };
}

/**
 * Posts a webhook once. Redirects are not followed: they could lead to a forbidden address. Throws
 * InnerAddressError for an internal host that is not allowed, and Error for any other failure.
 */
export async function post(webhook: Sent, parts: PostParts): Promise<Posted> {
  const url = new URL(webhook.target ?? webhook.url);
  const connection = guardedConnection(url, parts.allowHosts);
  const options = {
    method: webhook.method ?? 'POST',
    headers: headersOf(webhook, parts),
    signal: AbortSignal.any([parts.signal, AbortSignal.timeout(parts.timeout)]),
    ...connection,
  };
  const response = await responseTo(url, options, webhook.body);
  // The response body is not needed, and might never end.
  response.destroy();
  const { statusCode: status = 0, headers } = response;
  const seconds = Number(headers['retry-after'] ?? NaN);
  return { status, retryAfter: Number.isFinite(seconds) && seconds >= 0 ? seconds * SECOND : null };
}
