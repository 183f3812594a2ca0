import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Instant, formatInstant, MINUTE, type Millis } from '../domain/time.js';

/** How the program is, as far as a load balancer or a supervisor asks. */
export interface Health {
  /** When a list was last read to the end; null when none ever was. */
  readonly readAt: Instant | null;
  /** The lists that could not be read the last time. */
  readonly failing: readonly string[];
  /** Blotato refused the key the last time that a list was read. */
  readonly isKeyRefused: boolean;
  /** What keeps changed rules from being used, `file:line:column: message`; those read before stay in force. */
  readonly rulesFaults?: readonly string[];
}

/** The lists must have been read whole within this time for the program to be ready. */
const FRESH_FOR: Millis = 2 * MINUTE;

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface HealthAddress {
  readonly host: string;
  readonly port: number;
  /** What `/readyz` asks for, as `Authorization: Bearer …`; null: nothing. */
  readonly token: string | null;
}

/**
 * Serves `/healthz` (the process runs), for anybody who reaches it, and `/readyz` (it reads; 503 when it does not), for
 * whoever has the token. Rejects when the port is taken.
 */
export async function serveHealth(
  { host, port, token }: HealthAddress,
  health: () => Health,
  clock: () => Instant,
): Promise<HealthServer> {
  const server = createServer((request, response) => {
    const isKnown = token === null || isSame(request.headers.authorization ?? '', `Bearer ${token}`);
    const path =
      request.method === 'GET' || request.method === 'HEAD' ? (request.url ?? '').split('?')[0] : null;
    const [status, body] = answerTo(path, isKnown, health(), clock());
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(`${JSON.stringify(body)}\n`);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answerTo(
  path: string | null | undefined,
  isKnown: boolean,
  health: Health,
  now: Instant,
): [status: number, body: unknown] {
  if (path === null) return [405, { error: 'only GET is answered here' }];
  if (path === '/healthz') return [200, { status: 'ok' }];
  if (path !== '/readyz') return [404, { error: 'there is /healthz and /readyz' }];
  if (!isKnown) return [401, { error: 'send the token of `server.token` as `Authorization: Bearer`' }];
  const isFresh = health.readAt !== null && now - health.readAt < FRESH_FOR && health.failing.length === 0;
  const body = {
    status: isFresh ? 'ready' : 'not ready',
    read_at: health.readAt === null ? null : formatInstant(health.readAt),
    failing: health.failing,
    ...(health.rulesFaults?.length ? { rules_faults: health.rulesFaults } : {}),
  };
  return [isFresh ? 200 : 503, body];
}

/** Compares in a time that does not depend on where the two differ. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
