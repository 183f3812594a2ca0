import { computed, signal } from '@preact/signals';
import type { SessionView } from '../../src/server/session-views.js';
import { useEffect, useRef, useState } from 'preact/hooks';

/** An error response of the program. */
export class ServerError extends Error {
  constructor(
    message: string,
    readonly status: number,
    /** Body of the response, which may have details. */
    readonly body: unknown = null,
  ) {
    super(message);
  }
}

/** Counter that increases whenever the program read, decided or sent something. */
export const changes = signal(0);
export const isConnected = signal(true);
export const isIn = signal<boolean | null>(null);
/** The session of the caller, as the program reports it; null before the first response. */
export const session = signal<SessionView | null>(null);

/** True if the caller's token may change something. */
export const mayAct = computed(() => session.value?.role !== 'viewer');

const UNREACHABLE = 'The program does not respond. Is it running?';
/** Minimum time between two requests of a page, however much changes. */
const ASK_EVERY = 700;
const RETRY_AFTER = 3_000;
/** Time limit of a request, so that a hanging one does not stop the updates. */
const ANSWER_WITHIN = 30_000;

const HEADERS = { 'content-type': 'application/json', 'x-requested-with': 'autoresponder' };
/** Requests in progress, shared by parts of a page that need the same data. */
const inProgress = new Map<string, Promise<unknown>>();

/** Responses that came with the page, by path; null without a session. */
export const embedded = readEmbedded();

function readEmbedded(): ReadonlyMap<string, unknown> | null {
  const text = document.getElementById('data')?.textContent ?? '';
  return text === '' ? null : new Map(Object.entries(JSON.parse(text) as Record<string, unknown>));
}

/** The response that came with the page; null after the first change, which makes it outdated. */
function embeddedResponse(path: string): unknown {
  return changes.peek() === 0 ? (embedded?.get(path) ?? null) : null;
}

/** Tells the program the reader's clock, by which it counts days, so that the next page comes with its data. */
export function rememberClock(ahead: number): void {
  document.cookie = `autoresponder_ahead=${ahead}; path=/; max-age=31536000; samesite=strict`;
}

async function call(path: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(path, { ...init, headers: HEADERS }).catch(() => {
    throw new ServerError(UNREACHABLE, 0);
  });
  const body = (await response.json().catch(() => ({}))) as { error?: string };
  if (response.status === 401 && path !== '/login') isIn.value = false;
  if (!response.ok)
    throw new ServerError(
      body.error ?? `the program responded with status ${response.status}`,
      response.status,
      body,
    );
  return body;
}

export async function get<T>(path: string): Promise<T> {
  // A request that was sent before a change may return the data from before the change.
  const key = `${changes.peek()} ${path}`;
  const known = inProgress.get(key);
  if (known) return (await known) as T;
  const asked = call(path, { signal: AbortSignal.timeout(ANSWER_WITHIN) });
  inProgress.set(key, asked);
  try {
    return (await asked) as T;
  } finally {
    if (inProgress.get(key) === asked) inProgress.delete(key);
  }
}

export async function post<T>(path: string, body: unknown = {}): Promise<T> {
  inProgress.clear();
  return (await call(path, { method: 'POST', body: JSON.stringify(body) })) as T;
}

/** A small request beside the others, which reaches the program even if the page closes meanwhile. */
export async function tell(path: string, body: unknown): Promise<void> {
  await call(path, { method: 'POST', body: JSON.stringify(body), keepalive: true });
}

export async function askSession(): Promise<void> {
  const known = await get<SessionView>('/session').catch(() => null);
  session.value = known ?? session.value;
  isIn.value = known?.isIn ?? true;
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
    // The program sends a change at once, so that the page requests what changed before the connection.
    opened.addEventListener('open', () => (isConnected.value = true));
    opened.addEventListener('error', () => {
      isConnected.value = false;
      // After a response other than an event stream, from a proxy or to an old cookie, the browser does not
      // reconnect by itself.
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
 * Requests at once and after each change, one after the other. Each response is used, also if something
 * changed meanwhile: over a slow line there may be a change before every response.
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

/**
 * The data at an address of the program, requested again after each change. The last response is kept until
 * the next one.
 */
export function useServer<T>(path: string): Asked<T> {
  const [state, setState] = useState<{ path: string; data: T | null; error: string | null }>(() => ({
    path,
    data: embeddedResponse(path) as T | null,
    error: null,
  }));
  const [turn, setTurn] = useState(0);
  useEachChange(path, turn, async (isWanted) => {
    const known = turn === 0 ? (embeddedResponse(path) as T | null) : null;
    if (known !== null) {
      // The data from the page is renewed at the first change, which the program sends when the page listens.
      setState((last) =>
        last.path === path && last.data !== null ? last : { path, data: known, error: null },
      );
      return;
    }
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
