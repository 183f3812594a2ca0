/**
 * One HTTP call and its answer, whole. What matters here is the truth about a call that got none: whether a byte of
 * it may have left. That is not guessed from error codes: undici tells when it begins to write a request.
 */
import { Agent, fetch as undiciFetch } from 'undici';
import type { Dispatcher, Response as UndiciResponse } from 'undici';
import { formatDuration } from '../domain/time.js';
import type { Millis } from '../domain/time.js';
import { NoResponseError } from './errors.js';

/** Pages of 250 rows of 10,000 characters each stay below this; whatever is larger is no answer of Blotato's. */
const RESPONSE_BYTES = 32 * 1024 * 1024;

/** The form of `fetch` that openapi-fetch takes. Throws NoResponseError only. The answer's body is in memory already. */
export type Fetch = (request: Request) => Promise<Response>;

export interface Exchange {
  /** A fetch for one call of the route. A send gets a connection of its own, which no one used before. */
  readonly via: (kind: 'read' | 'send', route: string, signal: AbortSignal) => Fetch;
  /** Lets running calls end, and closes the connections if nobody else has them. */
  readonly close: () => Promise<void>;
}

/** Connections to the API. They know no key, so that clients with several keys may share them. */
export interface Connections {
  readonly agents: { readonly read: Agent; readonly send: Agent };
  /** Lets running calls end. */
  readonly close: () => Promise<void>;
}

export interface ExchangeOptions {
  readonly apiKey: string;
  /** For a whole call: connecting, sending and reading the answer. */
  readonly timeout: Millis;
  readonly redact: (text: string) => string;
  /** Those of others, who close them. @default its own */
  readonly connections?: Connections | undefined;
}

/** `timeout`: for connecting, and for each wait of a call. */
export function openConnections(timeout: Millis): Connections {
  const common = {
    connect: { timeout },
    headersTimeout: timeout,
    bodyTimeout: timeout,
    maxResponseSize: RESPONSE_BYTES,
  };
  const agents = {
    read: new Agent(common),
    // A kept connection may be closed by the server just as the next request goes out. A read does not mind; a send
    // would be ambiguous for nothing. `pipelining: 0` is undici's way to close after each answer.
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
      // Not followed: the key is for this host alone. The 3xx itself is the answer, a refusal.
      redirect: 'manual',
      signal: deadline.signal,
      dispatcher: wire.dispatcher,
    });
    // A status of null body (204, 304) takes no body at all, not even an empty one.
    const body = (await bodyOf(answer)) || null;
    return new Response(body, { status: answer.status, headers: [...answer.headers] });
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

/** The whole body. A refusal stays a refusal although its text breaks off: the status is what counts. */
async function bodyOf(answer: UndiciResponse): Promise<string> {
  return answer.ok ? answer.text() : answer.text().catch(() => '');
}

interface Wire {
  readonly dispatcher: Dispatcher;
  /** True once a byte of the request may have left. */
  readonly hasBegun: () => boolean;
}

/** Looks over the agent's shoulder during one call. */
function watch(agent: Agent): Wire {
  let begun = false;
  const dispatcher = agent.compose((dispatch) => (options, handler) => {
    // `fetch` tries again by itself after a 421. A call is made once here, or a send might arrive twice.
    if (begun) throw new Error('a second try of the same call');
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

/** A signal that follows the caller's and also the clock. By hand: AbortSignal.any() leaks on long-lived signals in Node 20. */
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
  if (late) return `no answer within ${timeout < 1_000 ? `${timeout} ms` : formatDuration(timeout)}`;
  if (signal.aborted) return 'it was stopped';
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return [cause.message, code !== '' && !cause.message.includes(code) ? `(${code})` : ''].join(' ').trim();
}

/** The error below undici's `fetch failed`. One that quotes the key (a header that cannot be sent does) is replaced. */
function plainCause(error: unknown, redact: (text: string) => string): Error {
  const outer = error instanceof Error ? error : new Error(String(error));
  const inner = outer.cause instanceof Error ? outer.cause : outer;
  const told = `${inner.message}\n${inner.stack ?? ''}`;
  return redact(told) === told ? inner : new Error(redact(inner.message));
}
