import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openPostgres } from '../../src/store/postgres/open.js';
import { startPostgres, type TestServer } from './server.js';

/** The PostgreSQL server of a test run. Test files run in processes of their own and reach it by HTTP on loopback. */
export interface SharedServer {
  /** Base URL; `/clone` and `/empty` respond with the address of a new database. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the server with the first request, so that a run without tests of PostgreSQL does not wait for it. */
export async function sharePostgres(say: (text: string) => void): Promise<SharedServer> {
  let starting: Promise<Prepared> | null = null;
  const http = createServer((request, response) => {
    starting ??= prepare(say);
    starting
      .then(({ server, template }) => server.database(request.url === '/clone' ? template : undefined))
      .then(
        (address) => response.end(address),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    async stop() {
      http.closeAllConnections();
      http.close();
      await (await starting?.catch(() => null))?.server.stop();
    },
  };
}

interface Prepared {
  readonly server: TestServer;
  readonly template: string;
}

/**
 * The template database contains the tables of the store. The role belongs to the server, so all databases share it.
 */
async function prepare(say: (text: string) => void): Promise<Prepared> {
  const began = performance.now();
  say('starting PostgreSQL');
  const server = await startPostgres();
  const address = await server.database();
  await (await openPostgres(address, { connections: 1 })).close();
  say(`PostgreSQL is ready after ${((performance.now() - began) / 1_000).toFixed(1)} s`);
  return { server, template: new URL(address).pathname.slice(1) };
}
