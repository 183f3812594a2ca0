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
}

export async function aReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const receiver = {
    url: '',
    received,
    status: 204,
    answer: '' as string | null,
    headers: {} as Record<string, string>,
  };
  const server = createServer((incoming, outgoing) => {
    void text(incoming).then((body) => {
      const { method = '', url: path = '', headers } = incoming;
      received.push({ method, path, headers, body });
      if (receiver.answer !== null)
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
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/lead`;
  return receiver;
}
