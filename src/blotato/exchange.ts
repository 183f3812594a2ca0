/**
 * One HTTP request and its complete response. If a request gets no response, it matters whether a byte of it
 * may have been sent. This is not inferred from error codes, but known from the attempt.
 */
import { promisify } from 'node:util';
import { brotliDecompress, gunzip } from 'node:zlib';
import { Agent } from 'undici';
import { formatDuration } from '../domain/time.js';
import type { Millis } from '../domain/time.js';
import { type Answer, Attempt, isOk } from './attempt.js';
import { NoResponseError } from './errors.js';

/**
 * Maximum size of a response. Pages of 250 rows of 10,000 characters each stay below this limit; a larger
 * response cannot be from Blotato.
 */
const RESPONSE_BYTES = 32 * 1024 * 1024;

/** The form of `fetch` that openapi-fetch accepts, with `PLAIN_REQUEST`. Throws NoResponseError only. */
export type Fetch = (request: Request) => Promise<Response>;

export interface Exchange {
  /** A fetch for one request of the route. A send gets a fresh connection. */
  readonly via: (kind: 'read' | 'send', route: string, signal: AbortSignal) => Fetch;
  /** Waits for running requests, and closes the connections unless they are shared. */
  readonly close: () => Promise<void>;
}

/** Connections to the API. They hold no key, so clients with different keys may share them. */
export interface Connections {
  readonly agents: { readonly read: Agent; readonly send: Agent };
  /** Closes the connections after running requests have ended. */
  readonly close: () => Promise<void>;
}

export interface ExchangeOptions {
  readonly apiKey: string;
  /** Timeout of a whole request: connecting, sending and reading the response. */
  readonly timeout: Millis;
  readonly redact: (text: string) => string;
  /** Shared connections, which the caller closes. @default its own */
  readonly connections?: Connections | undefined;
}

/** `timeout` applies to connecting and to each wait of a request. */
export function openConnections(timeout: Millis): Connections {
  const common = {
    connect: { timeout },
    headersTimeout: timeout,
    bodyTimeout: timeout,
    maxResponseSize: RESPONSE_BYTES,
  };
  const agents = {
    read: new Agent(common),
    // The server may close a kept connection just as the next request is sent. That does not matter for a
    // read, but would make a send ambiguous without need. `pipelining: 0` makes undici close the connection
    // after each response.
    send: new Agent({ ...common, pipelining: 0 }),
  };
  return {
    agents,
    close: async () => {
      await Promise.all([agents.read.close(), agents.send.close()]);
    },
  };
}

export function openExchange(options: ExchangeOptions): Exchange {
  const { agents, close } = options.connections ?? openConnections(options.timeout);
  return {
    via: (kind, route, signal) => (request) =>
      exchange(request as unknown as PlainRequest, {
        ...options,
        agent: agents[kind],
        route,
        signal,
      }) as unknown as Promise<Response>,
    close: options.connections ? async () => undefined : close,
  };
}

/** The parts of a `Request` that are used; Node's own has streams and signals, which are not. */
class PlainRequest {
  readonly method: string;
  readonly headers: Headers;
  readonly body: string | null;

  constructor(
    readonly url: string,
    init: { readonly method: string; readonly headers: Headers; readonly body?: string },
  ) {
    this.method = init.method;
    this.headers = init.headers;
    this.body = init.body ?? null;
  }
}

/** The class of requests that openapi-fetch creates. */
export const PLAIN_REQUEST = PlainRequest as unknown as typeof Request;

/** The parts of a `Response` that are used. */
interface PlainResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { readonly get: (name: string) => string | null };
  readonly text: () => Promise<string>;
}

interface Call extends ExchangeOptions {
  readonly agent: Agent;
  readonly route: string;
  readonly signal: AbortSignal;
}

async function exchange(request: PlainRequest, call: Call): Promise<PlainResponse> {
  const attempt = begin(request, call);
  try {
    const answer = await attempt.answer;
    const text = await textOf(answer);
    return {
      ok: isOk(answer),
      status: answer.status,
      headers: { get: (name) => valueOf(answer.headers[name.toLowerCase()]) },
      text: async () => text,
    };
  } catch (error) {
    const { route, redact, signal, timeout } = call;
    const cause = plainCause(error, redact);
    const reason = reasonOf(cause, { signal, timeout, late: attempt.isLate });
    throw new NoResponseError(route, attempt.hasBegun, reason, { cause });
  }
}

/** Redirects are not followed, because the key is for this host only: the 3xx itself is the response, an error. */
function begin({ url, method, headers, body }: PlainRequest, call: Call): Attempt {
  const { origin, pathname, search } = new URL(url);
  const sent = { ...Object.fromEntries(headers), ...HEADERS, 'blotato-api-key': call.apiKey };
  return new Attempt(call.agent, { origin, path: `${pathname}${search}`, method, headers: sent, body }, call);
}

const HEADERS = { accept: '*/*', 'accept-encoding': 'gzip, br', 'user-agent': 'blotato-autoresponder' };

function valueOf(header: string | string[] | undefined): string | null {
  return Array.isArray(header) ? header.join(', ') : (header ?? null);
}

const DECODERS = new Map([
  ['br', promisify(brotliDecompress)],
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
]);
const UTF8 = new TextDecoder();

/** The decoded body. An error response whose body cannot be decoded is still an error response. */
async function textOf(answer: Answer): Promise<string> {
  const decode = DECODERS.get(valueOf(answer.headers['content-encoding'])?.trim().toLowerCase() ?? '');
  if (!decode || answer.body.length === 0) return UTF8.decode(answer.body);
  const decoded = decode(answer.body, { maxOutputLength: RESPONSE_BYTES });
  return UTF8.decode(isOk(answer) ? await decoded : await decoded.catch(() => Buffer.alloc(0)));
}

interface Ending {
  readonly signal: AbortSignal;
  readonly timeout: Millis;
  readonly late: boolean;
}

function reasonOf(cause: Error, { signal, timeout, late }: Ending): string {
  if (late) return `no response within ${timeout < 1_000 ? `${timeout} ms` : formatDuration(timeout)}`;
  if (signal.aborted) return 'the request was aborted';
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return [cause.message, code !== '' && !cause.message.includes(code) ? `(${code})` : ''].join(' ').trim();
}

/** An error that quotes the key (such as one about an invalid header) is replaced. */
function plainCause(error: unknown, redact: (text: string) => string): Error {
  const inner = error instanceof Error ? error : new Error(String(error));
  const told = `${inner.message}\n${inner.stack ?? ''}`;
  return redact(told) === told ? inner : new Error(redact(inner.message));
}
