import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver of webhooks. `status` is its response; with a location it redirects. */
export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  status: number;
  /** Body of its responses; null for a request that gets none. */
  answer: string | null;
  headers: Record<string, string>;
  /** Computes each response instead of the keys above. */
  respond:
    | ((request: Received) => {
        readonly status: number;
        readonly headers: Record<string, string>;
        readonly body: string;
      })
    | null;
}

export async function aReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const receiver: Receiver = {
    url: '',
    received,
    status: 204,
    answer: '',
    headers: {},
    respond: null,
  };
  const server = createServer((incoming, outgoing) => {
    void text(incoming).then((body) => {
      const { method = '', url: path = '', headers } = incoming;
      const request = { method, path, headers, body };
      received.push(request);
      const response = receiver.respond?.(request);
      if (response) outgoing.writeHead(response.status, response.headers).end(response.body);
      else if (receiver.answer !== null)
        outgoing.writeHead(receiver.status, receiver.headers).end(receiver.answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/lead`;
  return Object.assign(receiver, { url });
}
