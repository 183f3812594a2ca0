// Shares of the time until the first reply to a workspace, seen from the worker: its requests to the API and its
// decisions.
import { subscribe } from 'node:diagnostics_channel';
import type { Instant, Millis } from '../src/domain/time.js';

/** A request to the API; `to` is Infinity while it has no response. */
interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly from: Instant;
  to: Instant;
}

/** The time until the first reply. */
export interface Shares {
  /** Until the list of messages is requested. */
  readonly pollWait: number | null;
  /** From then until the last response before the first decision: requests are under way. */
  readonly reading: number | null;
  /** In the same time: no request is under way, so that rows become events and are stored. */
  readonly storing: number | null;
  /** From the last response until the first decision is committed. */
  readonly deciding: number | null;
  /** From the first decision until the request that sends the first reply. */
  readonly sending: number | null;
}

export interface Stopwatch {
  /** To be called with each decision about the workspace. */
  readonly onDecision: () => void;
  /** The shares since the given time, in the given unit; null if there was no reply. */
  sharesSince(begin: Instant, unit: (time: Millis) => number | null): Shares | null;
  /** Time from the first to the last page of the list. */
  walkSince(begin: Instant): Millis | null;
}

/** Watches the requests with the API key. undici publishes its requests (docs/api/DiagnosticsChannel.md). */
export function watchRequests(apiKey: string): Stopwatch {
  const exchanges: Exchange[] = [];
  const open = new WeakMap<object, Exchange>();
  const decisions: Instant[] = [];
  subscribe('undici:request:create', (message) => {
    const { request } = message as { request: Exchange & { headers: unknown } };
    if (!String(request.headers).includes(apiKey)) return;
    const exchange = { method: request.method, path: request.path, from: Date.now(), to: Infinity };
    exchanges.push(exchange);
    open.set(request, exchange);
  });
  const end = (message: unknown): void => {
    const exchange = open.get((message as { request: object }).request);
    if (exchange) exchange.to = Date.now();
  };
  subscribe('undici:request:trailers', end);
  subscribe('undici:request:error', end);
  const isList = ({ method, path }: Exchange): boolean =>
    method === 'GET' && path.startsWith('/v2/messages?') && !path.includes('conversationId');
  return {
    onDecision: () => decisions.push(Date.now()),
    sharesSince(begin, unit) {
      const since = exchanges.filter(({ from }) => from >= begin);
      const first = since.find(isList)?.from;
      const decided = decisions.find((at) => at >= begin);
      const sent = since.find(({ method }) => method === 'POST')?.from;
      if (first === undefined || decided === undefined || sent === undefined) return null;
      const ended = since.filter(({ to }) => to <= decided);
      const alone = ended.filter(({ path }) => path.includes('conversationId'));
      const read = Math.max(first, ...(alone.length > 0 ? alone : ended).map(({ to }) => to));
      const reading = covered(since, first, read);
      return {
        pollWait: unit(first - begin),
        reading: unit(reading),
        storing: unit(read - first - reading),
        deciding: unit(decided - read),
        sending: unit(sent - decided),
      };
    },
    walkSince(begin) {
      const pages = exchanges.filter((each) => each.from >= begin && isList(each));
      const waits = pages.findIndex(({ from }, n) => from - (pages[n - 1]?.to ?? from) > 1_000);
      const walk = waits < 0 ? pages : pages.slice(0, waits);
      const [page] = walk;
      return page === undefined ? null : Math.max(...walk.map(({ to }) => to)) - page.from;
    },
  };
}

/** The part of a time in which at least one request is under way. */
function covered(exchanges: readonly Exchange[], from: Instant, to: Instant): Millis {
  let [sum, reached] = [0, from];
  for (const each of [...exchanges].sort((a, b) => a.from - b.from)) {
    const begins = Math.max(each.from, reached);
    const ends = Math.min(each.to, to);
    if (ends <= begins) continue;
    sum += ends - begins;
    reached = ends;
  }
  return sum;
}
