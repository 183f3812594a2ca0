import { serve as listen } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import type { Hono } from 'hono';

export interface HttpServer {
  readonly port: number;
  /** Ends at once, whoever is still connected. */
  close(): Promise<void>;
}

/** Serves a site. Rejects when the port is taken, or the address is none of this machine's. */
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
