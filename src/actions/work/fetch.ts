import { createHash } from 'node:crypto';
import { type FetchStep, SAFE_METHODS, type WorkResult } from '../../domain/work.js';
import type { ComposeContext, Speaker } from '../compose/compose.js';
import { savedFrom } from '../funnel/given.js';
import { renderRequest } from '../funnel/request.js';
import { filledHeaders } from '../webhook/variables.js';
import { exchange, type ExchangeParts } from './exchange.js';

/** Number of attempts of a fetch that may be retried. */
export const MOST_TRIES = 3;

export interface FetchParts extends Pick<ExchangeParts, 'allowHosts' | 'signal'> {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Idempotency key before hashing, the same at each attempt of one fetch. */
  readonly key: string;
}

export type Fetched = WorkResult & {
  /** True for a failure that a later attempt may not have. */
  readonly mayRetry?: boolean;
};

/** True if the request may reach the service twice. */
export function isRepeatable({ method, sendsKey }: FetchStep): boolean {
  return SAFE_METHODS.has(method) || sendsKey;
}

/**
 * Makes the request of a step once. Never throws; the note has status and duration, and no secret. `stopped` if it was
 * aborted before a whole response was read.
 */
export async function fetchOnce(
  step: FetchStep,
  speaker: Speaker,
  context: ComposeContext,
  parts: FetchParts,
): Promise<Fetched | 'stopped'> {
  const rendered = renderRequest(step, speaker, context);
  if (!rendered.ok) return { ok: false, note: `fetch: ${rendered.error}` };
  const begun = performance.now();
  const took = (): string => `in ${Math.round(performance.now() - begun)} ms`;
  const url = new URL(rendered.target);
  try {
    const body = rendered.sent?.text ?? '';
    const { status, text } = await exchange({
      ...{ url, body, method: step.method, timeout: step.timeout },
      ...{ allowHosts: parts.allowHosts, signal: parts.signal },
      headers: headersOf(step, { body, ...rendered.sent?.headers }, parts),
    });
    const note = `fetch ${url.host}: ${status} ${took()}`;
    if (status < 200 || status > 299) return { ok: false, note, mayRetry: status >= 500 || status === 429 };
    return saved(step, text, note);
  } catch (error) {
    if (parts.signal.aborted) return 'stopped';
    const why = error instanceof Error ? error.message || error.name : String(error);
    return { ok: false, note: `fetch ${url.host}: ${why}, ${took()}`, mayRetry: true };
  }
}

function headersOf(
  { headers = {}, sendsKey }: FetchStep,
  { body, ...typed }: Readonly<Record<string, string>>,
  { env, key }: FetchParts,
): Record<string, string> {
  return {
    accept: 'application/json',
    'user-agent': 'blotato-autoresponder',
    ...typed,
    ...filledHeaders(headers, env),
    ...(body === '' ? {} : { 'content-length': String(Buffer.byteLength(body ?? '')) }),
    ...(sendsKey ? { 'idempotency-key': createHash('sha256').update(key).digest('hex').slice(0, 32) } : {}),
  };
}

function saved(step: FetchStep, text: string, note: string): WorkResult {
  if (Object.keys(step.save).length === 0) return { ok: true, fields: {}, note };
  try {
    return savedFrom(step, JSON.parse(text) as unknown, note);
  } catch {
    return { ok: false, note: `${note}: the response is not JSON` };
  }
}
