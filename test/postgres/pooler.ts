import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { freePort, ownedBy, unprivileged } from './server.js';

export interface Pooler {
  /** The address of the database behind the pooler. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts PgBouncer in front of a database with the settings that docs/workspaces.md recommends, all others at their
 * defaults. `program` is the path of PgBouncer.
 */
export async function startPooler(program: string, database: string): Promise<Pooler> {
  const { hostname, port: far, username, pathname } = new URL(database);
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'pooler-'));
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(
    file,
    `[databases]
${pathname.slice(1)} = host=${hostname} port=${far} user=${username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = session
max_client_conn = 500
default_pool_size = 250
server_login_retry = 1
`,
  );
  const user = unprivileged();
  ownedBy(user, [folder, file]);
  const running = spawn(program, [file], { stdio: 'ignore', ...user });
  const url = new URL(database);
  url.port = String(port);
  for (let n = 0; n < 100 && !(await answers(url.href)); n += 1) await wait(100);
  return {
    url: url.href,
    async stop() {
      const ended = new Promise((resolve) => running.once('exit', resolve));
      running.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
