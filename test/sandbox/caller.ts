import type { Sandbox } from '../../src/sandbox/server.js';

/** All fields that a response may have, so that tests can read any of them. Absent fields are undefined at run time. */
interface Body {
  readonly items: readonly Body[];
  readonly cursor?: string;
  readonly message: string;
  readonly code: number;
  readonly id: string;
  readonly accountId: string;
  readonly conversationId: string | null;
  readonly platform: string;
  readonly participants: readonly object[];
  readonly text: string;
  readonly status: string;
  readonly direction: string;
  readonly errorCode: number | null;
  readonly errorMessage: string | null;
  readonly createdAt: string;
  readonly platformCommentId: string | null;
}

export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface Caller {
  get(path: string): Promise<Told>;
  post(path: string, body: unknown): Promise<Told>;
}

/** Calls a sandbox like a careless client: without retries and without checks. */
export function callerOf(sandbox: Sandbox, apiKey: string = sandbox.apiKey): Caller {
  const headers = { 'blotato-api-key': apiKey, 'content-type': 'application/json' };
  async function call(path: string, init: RequestInit): Promise<Told> {
    const response = await fetch(sandbox.url + path, {
      ...init,
      headers,
      signal: AbortSignal.timeout(5_000),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
  }
  return {
    get: (path) => call(path, {}),
    post: (path, body) => call(path, { method: 'POST', body: JSON.stringify(body) }),
  };
}
