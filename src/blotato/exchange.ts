/**
 * One HTTP request and its complete response. If a request gets no response, it matters whether a byte of it
 * may have been sent. This is not inferred from error codes: undici reports when it begins to write a
 * request.
 */
import { Agent, fetch as undiciFetch, Request as UndiciRequest, Response as UndiciResponse } from 'undici';
import type { Dispatcher } from 'undici';
import { formatDuration } from '../domain/time.js';
import type { Millis } from '../domain/time.js';
import { NoResponseError } from './errors.js';

/**
 * Maximum size of a response. Pages of 250 rows of 10,000 characters each stay below this limit; a larger
 * response cannot be from Blotato.
 */
const RESPONSE_BYTES = 32 * 1024 * 1024;

/** The same class as the global one, which would make Node load its own copy of undici. */
export const GlobalRequest = UndiciRequest as unknown as typeof Request;

/**
 * The form of `fetch` that openapi-fetch accepts. Throws NoResponseError only. The response body is already in
 * memory.
 */
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
      exchange(request, { ...options, agent: agents[kind], route, signal }),
    close: options.connections ? async () => undefined : close,
  };
}

interface Call extends ExchangeOptions {
  readonly agent: Agent;
  readonly route: string;
  readonly signal: AbortSignal;
}

async function exchange(request: Request, call: Call): Promise<Response> {
  const { agent, apiKey, route, signal, timeout } = call;
  const wire = watch(agent);
  const deadline = startDeadline(signal, timeout);
  try {
    const answer = await undiciFetch(request.url, {
      method: request.method,
      headers: [...request.headers, ['blotato-api-key', apiKey]],
      body: request.body === null ? null : await request.text(),
      // Redirects are not followed, because the key is for this host only: the 3xx itself is the response, an
      // error.
      redirect: 'manual',
      signal: deadline.signal,
      dispatcher: wire.dispatcher,
    });
    // A status with a null body (204, 304) accepts no body at all, not even an empty one.
    const body = (await bodyOf(answer)) || null;
    const { status, headers } = answer;
    return toGlobal(new UndiciResponse(body, { status, headers: [...headers] }));
  } catch (error) {
    const cause = plainCause(error, call.redact);
    throw new NoResponseError(
      route,
      wire.hasBegun(),
      reasonOf(cause, { signal, timeout, late: deadline.isOver() }),
      {
        cause,
      },
    );
  } finally {
    deadline.clear();
  }
}

/** Has the methods of the global class. */
function toGlobal(response: unknown): Response {
  return response as Response;
}

/**
 * The whole body. An error response with an incomplete text is still an error response: the status is what
 * counts.
 */
async function bodyOf(answer: UndiciResponse): Promise<string> {
  return answer.ok ? answer.text() : answer.text().catch(() => '');
}

interface Wire {
  readonly dispatcher: Dispatcher;
  /** True once a byte of the request may have been sent. */
  readonly hasBegun: () => boolean;
}

/** Observes the agent during one request. */
function watch(agent: Agent): Wire {
  let begun = false;
  const dispatcher = agent.compose((dispatch) => (options, handler) => {
    // `fetch` retries by itself after a 421. A request is made only once here; otherwise a send might arrive
    // twice.
    if (begun) throw new Error('a second attempt of the same request');
    return dispatch(options, {
      onRequestStart: (controller, context) => {
        begun = true;
        handler.onRequestStart?.(controller, context);
      },
      onRequestUpgrade: (...heads) => handler.onRequestUpgrade?.(...heads),
      onResponseStart: (...head) => handler.onResponseStart?.(...head),
      onResponseData: (...data) => handler.onResponseData?.(...data),
      onResponseEnd: (...end) => handler.onResponseEnd?.(...end),
      onResponseError: (...failure) => handler.onResponseError?.(...failure),
    });
  });
  return { dispatcher, hasBegun: () => begun };
}

interface Deadline {
  readonly signal: AbortSignal;
  readonly isOver: () => boolean;
  readonly clear: () => void;
}

/**
 * A signal that follows the caller's signal and the timeout. Implemented by hand: AbortSignal.any() leaks on
 * long-lived signals in Node 20.
 */
function startDeadline(signal: AbortSignal, timeout: Millis): Deadline {
  const controller = new AbortController();
  let over = false;
  const stop = (): void => controller.abort(signal.reason);
  const timer = setTimeout(() => {
    over = true;
    controller.abort();
  }, timeout);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  return {
    signal: controller.signal,
    isOver: () => over,
    clear: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    },
  };
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

/**
 * The error below undici's `fetch failed`. An error that quotes the key (such as one about an invalid header)
 * is replaced.
 */
function plainCause(error: unknown, redact: (text: string) => string): Error {
  const outer = error instanceof Error ? error : new Error(String(error));
  const inner = outer.cause instanceof Error ? outer.cause : outer;
  const told = `${inner.message}\n${inner.stack ?? ''}`;
  return redact(told) === told ? inner : new Error(redact(inner.message));
}
