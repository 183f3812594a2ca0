import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type Cleanup, OF_THIS_TEST } from '../../cleanup.js';

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A pending call; `pass` forwards it and returns the response of the server behind the proxy. */
export interface PassingCall {
  readonly method: string;
  /** The path without the query. */
  readonly path: string;
  /** The query after the `?`; '' if the URL has no query. */
  readonly query: string;
  pass(): Promise<Answer>;
}

/** `cut`: the connection ends without a response. */
export type Intercept = (call: PassingCall) => Promise<Answer | 'cut'>;

/** A proxy before the sandbox, for faults that the sandbox cannot produce. */
export interface Proxy {
  readonly url: string;
  /** The address of the server behind the proxy. */
  target: string;
  /** The clock of the `Date` header. */
  clock: () => number;
  /** Sets the handler of further calls. */
  intercept: Intercept;
  /** Stops listening: connections are refused. */
  away(): Promise<void>;
  /** Listens again, on the same port. */
  back(): Promise<void>;
}

/** Starts a proxy that forwards everything by default, and is closed when the test ends. */
export async function aProxy(test: Cleanup = OF_THIS_TEST): Promise<Proxy> {
  let server = await listen(0);
  const { port } = server.address() as AddressInfo;
  const proxy: Proxy = {
    url: `http://127.0.0.1:${port}`,
    target: '',
    clock: Date.now,
    intercept: (call) => call.pass(),
    away: () => close(server),
    back: async () => {
      server = await listen(port);
    },
  };
  test.onTestFinished(() => close(server));
  return proxy;

  async function listen(at: number): Promise<Server> {
    const listening = createServer((request, response) => {
      void answer(request, response).catch(() => response.destroy());
    });
    listening.listen(at, '127.0.0.1');
    await once(listening, 'listening');
    return listening;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const body = await buffer(request);
    const pass = async (): Promise<Answer> => {
      const headers = { 'content-type': 'application/json', 'blotato-api-key': 'sandbox-key' };
      const passed = await fetch(`${proxy.target}${url}`, {
        method,
        headers,
        ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
      });
      return { status: passed.status, body: await passed.text() };
    };
    const [path = '', query = ''] = url.split('?');
    const told = await proxy.intercept({ method, path, query, pass });
    if (told === 'cut') {
      response.destroy();
      return;
    }
    const date = new Date(proxy.clock()).toUTCString();
    response.writeHead(told.status, { 'content-type': 'application/json', date, ...told.headers });
    response.end(told.body);
  }
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
