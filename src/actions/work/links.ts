import { groupBy } from '../../domain/group.js';
import type { IncomingMessage } from 'node:http';
import type { LinkState } from '../../domain/link.js';
import { type Millis, SECOND } from '../../domain/time.js';
import { outerConnection } from '../webhook/addresses.js';
import { responseTo } from '../webhook/response-to.js';

/** Time limit of a request, with its redirects. */
const TIMEOUT: Millis = 10 * SECOND;
const MOST_REDIRECTS = 20;
/** Status codes with which some servers respond to a HEAD request although GET works. */
const HEAD_UNKNOWN = new Set([403, 404, 405, 501]);
/** Status codes of a page that exists, but asks for authentication or fewer requests. */
const NOT_TOLD = new Set([401, 403, 429]);
/** Status codes of a page that does not exist. */
const NO_PAGE = new Set([404, 410]);
/** Code of the error for a name that does not exist; a name server that does not respond has another one. */
const NO_NAME = 'ENOTFOUND';

export interface LinkParts {
  /** Hosts that may be internal. */
  readonly allowHosts: readonly string[];
  /** Hosts that are asked at once, each one link at a time. @default 8 */
  readonly hostsAtOnce?: number;
  /** Called after each link with the number of those checked. */
  readonly onLink?: (n: number) => void;
  /** Ends the requests when it is aborted. */
  readonly signal?: AbortSignal;
}

/** Requests each link as `linkStates` does, and returns those that fail with the reason, as the end of a sentence. */
export async function linkFaults(
  urls: readonly string[],
  parts: LinkParts,
): Promise<ReadonlyMap<string, string>> {
  const states = await linkStates(urls, parts);
  return new Map([...states].flatMap(([url, state]) => (state.is === 'alive' ? [] : [[url, state.why]])));
}

/**
 * Requests each link with HEAD, then with GET where a server may not know HEAD. Redirects are followed. No request goes to
 * an internal address that is not allowed, also not by a redirect or by a name that resolves to one: such a link is
 * unclear. Links that were not asked before the signal was aborted are missing. Never throws.
 */
export async function linkStates(
  urls: readonly string[],
  { allowHosts, hostsAtOnce = 8, onLink, signal }: LinkParts,
): Promise<ReadonlyMap<string, LinkState>> {
  const hosts = byHost(urls);
  const states = new Map<string, LinkState>();
  const ask = async (): Promise<void> => {
    for (let ofHost = hosts.pop(); ofHost !== undefined; ofHost = hosts.pop()) {
      for (const url of ofHost) {
        if (signal?.aborted) return;
        const state = await stateOf(url, { allowHosts, signal });
        if (signal?.aborted) return;
        states.set(url, state);
        onLink?.(states.size);
      }
    }
  };
  await Promise.all(Array.from({ length: hostsAtOnce }, ask));
  return states;
}

function byHost(urls: readonly string[]): (readonly string[])[] {
  return [...groupBy(new Set(urls), (url) => new URL(url).host).values()];
}

interface AskParts extends Pick<LinkParts, 'allowHosts'> {
  readonly signal: AbortSignal | undefined;
}

async function stateOf(url: string, parts: AskParts): Promise<LinkState> {
  try {
    const head = await statusOf(url, 'HEAD', parts);
    const status = HEAD_UNKNOWN.has(head) ? await statusOf(url, 'GET', parts) : head;
    if (status < 400 || NOT_TOLD.has(status)) return { is: 'alive' };
    return { is: NO_PAGE.has(status) ? 'dead' : 'unclear', why: `responds with ${status}` };
  } catch (error) {
    const isUnknown = error instanceof Error && 'code' in error && error.code === NO_NAME;
    return { is: isUnknown ? 'dead' : 'unclear', why: `cannot be reached (${reasonOf(error)})` };
  }
}

/** The message of an error; that of several addresses tried has only a code. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  return 'code' in error ? String(error.code) : 'no response';
}

/** Status code at the end of the redirects. */
async function statusOf(
  link: string,
  method: 'HEAD' | 'GET',
  { allowHosts, signal: ending }: AskParts,
): Promise<number> {
  const limit = AbortSignal.timeout(TIMEOUT);
  const signal = ending === undefined ? limit : AbortSignal.any([limit, ending]);
  let url = new URL(link);
  try {
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
      const { statusCode: status = 0, headers } = await headOf(url, { method, allowHosts, signal });
      if (status < 300 || status >= 400 || headers.location === undefined) return status;
      url = new URL(headers.location, url);
    }
  } catch (error) {
    if (limit.aborted) throw new Error(`no response within ${TIMEOUT / SECOND} s`, { cause: error });
    throw error;
  }
  throw new Error(`more than ${MOST_REDIRECTS} redirects`);
}

interface HeadParts extends Pick<LinkParts, 'allowHosts'> {
  readonly method: 'HEAD' | 'GET';
  readonly signal: AbortSignal;
}

/** Beginning of a response, whose body is not read. */
async function headOf(url: URL, { method, allowHosts, signal }: HeadParts): Promise<IncomingMessage> {
  if (!/^https?:$/u.test(url.protocol)) throw new Error(`redirects to ${url.protocol}`);
  const headers = { accept: '*/*', 'user-agent': 'blotato-autoresponder' };
  const connection = outerConnection(url, allowHosts);
  return (await responseTo(url, { method, headers, signal, ...connection })).destroy();
}
