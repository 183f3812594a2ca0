import { serve as listen } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import type { Hono } from 'hono';

export interface HttpServer {
  readonly port: number;
  /** Closes the server at once, including open connections. */
  close(): Promise<void>;
}

/** Serves a site. Rejects if the port is in use, or the address is not one of this machine. */
export async function serve(site: Hono, { host, port }: { host: string; port: number }): Promise<HttpServer> {
  return new Promise((resolve, reject) => {
    const server = listen({ fetch: site.fetch, hostname: host, port }, (address: AddressInfo) => {
      resolve({
        port: address.port,
        close: () =>
          new Promise<void>((closed) => {
            server.close(() => closed());
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      });
    });
    server.once('error', reject);
  });
}
