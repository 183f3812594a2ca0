import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';

/** What the program answered instead of what was asked. */
export class ServerError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** Goes up whenever the program read, decided or sent something. */
export const changes = signal(0);
export const isConnected = signal(true);
export const isIn = signal<boolean | null>(null);

const UNREACHABLE = 'The program does not answer. Is it running?';
/** However much happens, a page asks again at most this often. */
const ASK_EVERY = 700;

async function call(path: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(path, {
    ...init,
    headers: { 'content-type': 'application/json', 'x-requested-with': 'autoresponder' },
  }).catch(() => {
    throw new ServerError(UNREACHABLE, 0);
  });
  const body = (await response.json().catch(() => ({}))) as { error?: string };
  if (response.status === 401 && path !== '/login') isIn.value = false;
  if (!response.ok)
    throw new ServerError(body.error ?? `the program answered ${response.status}`, response.status);
  return body;
}

export async function get<T>(path: string): Promise<T> {
  return (await call(path)) as T;
}

export async function post<T>(path: string, body: unknown = {}): Promise<T> {
  return (await call(path, { method: 'POST', body: JSON.stringify(body) })) as T;
}

export async function askSession(): Promise<void> {
  const session = await get<{ isIn: boolean }>('/session').catch(() => ({ isIn: true }));
  isIn.value = session.isIn;
}

/** Hears of changes until the page is closed. */
export function listen(): () => void {
  const source = new EventSource('/api/changes');
  let timer: ReturnType<typeof setTimeout> | undefined;
  source.addEventListener('open', () => {
    isConnected.value = true;
    changes.value += 1;
  });
  source.addEventListener('error', () => (isConnected.value = false));
  source.addEventListener('change', () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      changes.value += 1;
    }, ASK_EVERY);
  });
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

export interface Asked<T> {
  readonly data: T | null;
  readonly error: string | null;
  readonly again: () => void;
}

/** What the program says under an address, asked again when something changed. The last answer stays until the next. */
export function useServer<T>(path: string): Asked<T> {
  const [state, setState] = useState<{ path: string; data: T | null; error: string | null }>({
    path,
    data: null,
    error: null,
  });
  const [turn, setTurn] = useState(0);
  const change = changes.value;
  useEffect(() => {
    let isWanted = true;
    get<T>(path)
      .then((data) => isWanted && setState({ path, data, error: null }))
      .catch((error: unknown) => {
        if (isWanted)
          setState((last) => ({ path, data: last.path === path ? last.data : null, error: wordsOf(error) }));
      });
    return () => void (isWanted = false);
  }, [path, turn, change]);
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
