// A real HTTP server on loopback with configurable responses, which records its requests.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The client's port: equal for calls that shared a connection. */
  readonly port: number;
}

export type Respond = (response: ServerResponse, request: IncomingMessage) => void;

export interface TestServer {
  readonly url: string;
  readonly seen: readonly Seen[];
  /** Sets the handler of further requests. */
  respond(how: Respond): void;
  close(): Promise<void>;
}

/** Starts the server. Without a handler it responds with `{"items":[]}`. */
export async function startServer(): Promise<TestServer> {
  const seen: Seen[] = [];
  let how: Respond = json(200, { items: [] });
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const url = new URL(request.url ?? '/', 'http://test');
      seen.push({
        method: request.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
        port: request.socket.remotePort ?? 0,
      });
      how(response, request);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    respond: (next) => {
      how = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Respond {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
}

export function text(status: number, body: string, headers: Record<string, string> = {}): Respond {
  return (response) => {
    response.writeHead(status, { 'content-type': 'text/html', ...headers });
    response.end(body);
  };
}

/** A message as the published description defines it: without direction. */
export const MESSAGE = {
  id: 'm1',
  conversationId: 'c1',
  createdAt: '2026-11-22T10:00:00.000Z',
  errorCode: null,
  errorMessage: null,
  platform: 'instagram',
  recipientId: '1784140',
  senderId: '900',
  status: 'delivered',
  text: 'how much is it?',
};

export const COMMENT = {
  id: 'k1',
  accountId: '98434',
  platform: 'instagram',
  postId: '501',
  platformPostId: '179',
  platformCommentId: '180',
  parentCommentId: null,
  authorId: '900',
  isAuthor: false,
  text: 'guide please',
  status: 'posted',
  errorCode: null,
  errorMessage: null,
  createdAt: '2026-11-22T10:00:00.000Z',
};

export const CONVERSATION = {
  id: 'c1',
  accountId: '98434',
  createdAt: '2026-11-20T10:00:00.000Z',
  updatedAt: '2026-11-22T10:00:00.000Z',
  platform: 'instagram',
  participants: [{ id: '900', name: 'Ana', username: 'ana', profileImageUrl: null }],
};
