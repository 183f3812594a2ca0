import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';

/** An error response of the program. */
export class ServerError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** Increases whenever the program read, decided or sent something. */
export const changes = signal(0);
export const isConnected = signal(true);
export const isIn = signal<boolean | null>(null);
/** Without a token, only pages under this machine's own host names get access. */
export const needsToken = signal(true);

const UNREACHABLE = 'The program does not answer. Is it running?';
/** Minimum time between two requests of a page, however much changes. */
const ASK_EVERY = 700;
const RETRY_AFTER = 3_000;
/** Time limit of a request, so that a hanging one does not stop the updates. */
const ANSWER_WITHIN = 30_000;

const HEADERS = { 'content-type': 'application/json', 'x-requested-with': 'autoresponder' };
/** Data for the first page, requested in parallel with the session. */
const early = new Map<string, Promise<Response>>();

/** Requests the data of the first page before the response about the session arrives. */
export function requestEarly(paths: readonly string[]): void {
  for (const path of paths) {
    const response = fetch(path, { headers: HEADERS, signal: AbortSignal.timeout(ANSWER_WITHIN) });
    // The error is reported when the response is used; without a session nobody uses it.
    response.catch(() => undefined);
    early.set(path, response);
  }
}

/**
 * Null if the request was refused (there is no session), and after the first change, since the response may be
 * outdated.
 */
async function earlyResponse(path: string): Promise<Response | null> {
  if (changes.value > 0) early.clear();
  const response = await early.get(path)?.catch(() => null);
  return response?.ok ? response.clone() : null;
}

async function call(path: string, init: RequestInit = {}): Promise<unknown> {
  const response =
    (await earlyResponse(path)) ??
    (await fetch(path, { ...init, headers: HEADERS }).catch(() => {
      throw new ServerError(UNREACHABLE, 0);
    }));
  const body = (await response.json().catch(() => ({}))) as { error?: string };
  if (response.status === 401 && path !== '/login') isIn.value = false;
  if (!response.ok)
    throw new ServerError(body.error ?? `the program answered ${response.status}`, response.status);
  return body;
}

export async function get<T>(path: string): Promise<T> {
  return (await call(path, { signal: AbortSignal.timeout(ANSWER_WITHIN) })) as T;
}

export async function post<T>(path: string, body: unknown = {}): Promise<T> {
  return (await call(path, { method: 'POST', body: JSON.stringify(body) })) as T;
}

export async function askSession(): Promise<void> {
  const session = await get<{ isIn: boolean; needsToken: boolean }>('/session').catch(() => null);
  needsToken.value = session?.needsToken ?? true;
  isIn.value = session?.isIn ?? true;
}

/**
 * Listens to changes until the page is closed. A hidden page closes its connection: a browser allows six per host, and
 * a seventh page would wait for ever.
 */
export function listen(): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  const close = () => {
    clearTimeout(retry);
    source?.close();
    source = null;
  };
  const open = () => {
    close();
    if (document.hidden) return;
    const opened = new EventSource('/api/changes');
    source = opened;
    opened.addEventListener('open', () => {
      isConnected.value = true;
      changes.value += 1;
    });
    opened.addEventListener('error', () => {
      isConnected.value = false;
      // A response other than an event stream, of a proxy or to an old cookie: the browser does not reconnect by
      // itself.
      if (opened.readyState !== EventSource.CLOSED) return;
      void askSession();
      retry = setTimeout(open, RETRY_AFTER);
    });
    opened.addEventListener('change', () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        changes.value += 1;
      }, ASK_EVERY);
    });
  };
  open();
  document.addEventListener('visibilitychange', open);
  return () => {
    document.removeEventListener('visibilitychange', open);
    clearTimeout(timer);
    close();
  };
}

export interface Asked<T> {
  readonly data: T | null;
  readonly error: string | null;
  readonly again: () => void;
}

/**
 * Requests at once and after each change, one after the other. Each response is used, also when something changed
 * meanwhile: over a slow line there may be a change before every one.
 */
export function useEachChange(
  path: string,
  turn: number,
  ask: (isWanted: () => boolean) => Promise<void>,
): void {
  const asking = useRef<{ readonly path: string; asks: number } | null>(null);
  const change = changes.value;
  useEffect(() => {
    if (asking.current?.path === path) {
      asking.current.asks += 1;
      return;
    }
    const mine = { path, asks: 1 };
    const isWanted = () => asking.current === mine;
    asking.current = mine;
    void (async () => {
      for (let answered = 0; isWanted() && answered < mine.asks;) {
        answered = mine.asks;
        await ask(isWanted);
      }
      if (isWanted()) asking.current = null;
    })();
  }, [path, turn, change]);
  useEffect(() => () => void (asking.current = null), []);
}

/** The program's data of an address, requested again after a change. The last response stays until the next. */
export function useServer<T>(path: string): Asked<T> {
  const [state, setState] = useState<{ path: string; data: T | null; error: string | null }>({
    path,
    data: null,
    error: null,
  });
  const [turn, setTurn] = useState(0);
  useEachChange(path, turn, async (isWanted) => {
    try {
      const data = await get<T>(path);
      if (isWanted()) setState({ path, data, error: null });
    } catch (error) {
      if (!isWanted()) return;
      setState((last) => ({ path, data: last.path === path ? last.data : null, error: wordsOf(error) }));
    }
  });
  const isCurrent = state.path === path;
  return {
    data: isCurrent ? state.data : null,
    error: isCurrent ? state.error : null,
    again: () => setTurn((last) => last + 1),
  };
}

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
