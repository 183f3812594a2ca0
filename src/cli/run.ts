import { CLI } from '../domain/audit.js';
import { BlotatoError } from '../blotato/errors.js';
import type { Config } from '../domain/config.js';
import type { WorkerTimes } from '../domain/worker-times.js';
import type { BrokenWorkspace } from '../domain/workspaces.js';
import { createLogger, type Logger } from '../log/logger.js';
import type { LoadedWorkspace } from '../project/load-in-thread.js';
import {
  createReloader,
  type LiveWorkspace,
  liveWorkspace,
  type Reloader,
  rulesState,
} from '../project/reload.js';
import { createTables } from '../project/tables.js';
import { keepTables } from '../project/live-tables.js';
import { serveControl } from '../server/control.js';
import { createPanels, type Panels } from '../server/panels.js';
import type { HttpServer } from '../server/serve.js';
import { controlPath } from '../store/open.js';
import { Exit } from './exit.js';
import { byLastGood, loadWithTables } from './last-good.js';
import { openProgram, type Program } from './open-program.js';
import { sayFindings } from './output.js';
import type { CommonOptions } from './project.js';
import { releaseMemory } from './release-memory.js';

export interface RunOptions extends CommonOptions {
  readonly once?: boolean;
  readonly shadow?: boolean;
}

const KEY_REFUSED = 'Blotato refused the API key (401); fix: check `blotato.api_key`: keys may end in "="';

/** Parts of the process that the command uses. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stderr: NodeJS.WritableStream;
  readonly signals: Pick<NodeJS.EventEmitter, 'on' | 'once' | 'off'>;
  /**
   * Heartbeat times, which are no command options: the three times depend on each other, and setting only one
   * of them would cause duplicate sends.
   */
  readonly workerTimes?: WorkerTimes;
}

/** Parts shared by the steps of the command. */
interface Run {
  readonly workspaces: readonly [LiveWorkspace, ...LiveWorkspace[]];
  readonly loaded: readonly LoadedWorkspace[];
  readonly broken: readonly BrokenWorkspace[];
  readonly panels: Panels;
  readonly program: Program;
  readonly reloader: Reloader;
  readonly logger: Logger;
  readonly once: boolean;
  readonly signals: Surroundings['signals'];
}

/** `run`: poll, decide and send until SIGTERM or Ctrl-C; with `--once`, poll once and send what is due. */
export async function run(
  options: RunOptions,
  { env = process.env, stderr = process.stderr, signals = process, workerTimes }: Partial<Surroundings> = {},
): Promise<void> {
  const { config: file, workspace, shadow, once = false } = options;
  const order = { file, env, workspace, shadow };
  const tables = createTables({ isKeeping: true });
  const loaded = await loadWithTables(order, tables);
  if (!loaded.ok) {
    sayFindings(loaded.findings, stderr);
    throw new Exit(1);
  }
  const { value, broken } = loaded;
  const configs = [...value, ...broken].flatMap((each) => each.config ?? []);
  const secrets = configs.flatMap(secretsOf);
  const logger = createLogger({ ...(configs[0]?.log ?? { level: 'info', pretty: 'auto' }), secrets }, stderr);
  const rescued = broken.length === 0 ? [] : await byLastGood(broken, env, logger);
  const [first, ...others] = [...value.map((each) => liveWorkspace(each, Date.now)), ...rescued];
  if (!first) {
    sayFindings(
      broken.flatMap(({ findings }) => findings),
      stderr,
    );
    throw new Exit(1);
  }
  const workspaces = [first, ...others] as const;
  await keepTables(tables, value, logger);
  logTroubles(value, logger);
  const panels = createPanels({
    clock: Date.now,
    sourceOf: (each) => program.sourceOf(each),
    env,
    reload: () => reloader.reload('the rules were changed in the dashboard'),
  });
  const parts = { workspaces, broken, logger, observer: panels.observer, once, workerTimes };
  const program: Program = await openProgram(parts);
  const reloader: Reloader = createReloader({
    ...{ order, workspaces, broken, logger, tables, loaded },
    ...{ onChange: panels.tell, clock: Date.now },
    onRead: (read) => void program.keepRules(read),
  });
  try {
    await work({ workspaces, loaded: value, broken, panels, program, reloader, logger, once, signals });
  } finally {
    await panels.close();
    await program.close();
    logger.info('stopped');
  }
}

/** Logs the reasons for using older versions of FAQ tables. */
function logTroubles(loaded: readonly LoadedWorkspace[], logger: Logger): void {
  const faults = [...new Set(loaded.flatMap(({ troubles }) => troubles))];
  if (faults.length > 0)
    logger.error({ faults }, 'FAQ tables have errors; their last good versions are active');
}

async function work(parts: Run): Promise<void> {
  const { program, reloader, logger, once, signals } = parts;
  const stopControl = await control(parts);
  const stopping = signalled(signals, (signal) => logger.info({ signal }, 'stopping'));
  const stopped = new Promise((resolve) => stopping.addEventListener('abort', resolve, { once: true }));
  const over = new AbortController();
  let site: HttpServer | null = null;
  let working: Promise<void> = Promise.resolve();
  try {
    site = await listen(parts);
    if (!once) reloadOn(signals, reloader, AbortSignal.any([stopping, over.signal]));
    working = begin(parts, stopping);
    await Promise.race([stopped, working.then(() => (once ? null : stopped))]);
    if (once && !stopping.aborted) await failOnUnread(parts);
    if (once) failOnBroken(parts.broken);
  } finally {
    over.abort();
    // Both are stopped in parallel, so that a notification in progress does not delay stopping the program.
    await Promise.all([site?.close(), program.stop()]);
    // The store must stay open for the work that stopping interrupts. Its errors have been logged, or no
    // longer matter.
    await working.catch(() => undefined);
    await stopControl?.();
  }
}

async function begin(
  { program, workspaces, loaded, logger, once }: Run,
  stopping: AbortSignal,
): Promise<void> {
  await checkKey(program.checkKey, (error) => {
    if (!stopping.aborted)
      logger.warn({ err: error }, 'the key could not be checked with Blotato; continuing');
  });
  // Do not start after stop: a program that was stopped during the check above would send.
  if (stopping.aborted) return;
  const [{ config }] = workspaces;
  const accounts = config.accounts.map((each) => each.name);
  const only = workspaces.length === 1 ? { mode: config.mode, accounts } : {};
  logger.info({ ...only, workspaces: workspaces.length }, 'started');
  await (once ? program.once() : program.start());
  await program.keepRules(loaded);
  // A worker's heap is that of all its workspaces.
  if (!once && config.store.kind === 'sqlite') void releaseMemory(stopping);
}

/** Commands of the owner reach a program with a SQLite store through its socket. */
async function control({ workspaces: [first], panels }: Run) {
  const path = controlPath(first.config);
  if (path === null) return null;
  return serveControl(path, async (asked) =>
    asked.do === 'rules'
      ? { rules: rulesState(first) }
      : (await panels.panelOf(first)).command(asked, asked.actor ?? CLI),
  );
}

/** Rules are reloaded when a file changes, and on SIGHUP. */
function reloadOn(signals: Surroundings['signals'], reloader: Reloader, signal: AbortSignal): void {
  const onHangUp = (): void => void reloader.reload('SIGHUP');
  signals.on('SIGHUP', onHangUp);
  void reloader.watch(signal).finally(() => signals.off('SIGHUP', onHangUp));
}

/** A further program on one machine takes one of the next ports. */
const PORTS_TRIED = 10;

/** Serves health and dashboards if `server` is configured; a worker with `--once` serves none. */
async function listen(parts: Run): Promise<HttpServer | null> {
  const { workspaces, logger, once } = parts;
  const { server, store } = workspaces[0].config;
  if (!server || (once && store.kind === 'postgres')) return null;
  const { host, port } = server;
  const last = port > 0 ? Math.min(port + PORTS_TRIED - 1, 65_535) : port;
  for (let wanted = port; wanted <= last; wanted += 1) {
    const site = await listenOn({ ...server, port: wanted }, parts);
    if (site === null) continue;
    const address = `http://${host.includes(':') ? `[${host}]` : host}:${site.port}`;
    if (wanted !== port) logger.warn({ port, next: wanted }, '`server.port` is in use; using another port');
    logger.info({ address, port: site.port }, 'dashboard started');
    return site;
  }
  if (store.kind === 'postgres') {
    logger.warn({ from: port, to: last }, 'all ports are in use; this worker serves no dashboard');
    return null;
  }
  const ports = `${host}:${port} and the ports up to ${last} are in use`;
  throw new Exit(1, `\`server.port\`: ${ports}; fix: give another port, or stop the programs that use them`);
}

/** Listens on a port; null if the port is in use. */
async function listenOn(
  server: NonNullable<Config['server']>,
  { workspaces, panels, logger }: Run,
): Promise<HttpServer | null> {
  const { startSites } = await import('../server/start.js');
  const onError = (path: string, error: unknown): void =>
    logger.error({ path, err: error }, 'the dashboard could not respond to a request');
  try {
    return await startSites(server, { workspaces, panels, clock: Date.now, onError });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return null;
  }
}

/** A refused key ends the command with code 2. An unreachable server does not: it may be back in a minute. */
async function checkKey(check: () => Promise<void>, onOther: (error: unknown) => void): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (error instanceof BlotatoError && error.status === 401) {
      throw new Exit(2, KEY_REFUSED);
    }
    onOther(error);
  }
}

/**
 * A scheduler that calls `--once` also needs to know about workspaces that were left out or ran with previous
 * rules.
 */
function failOnBroken(broken: readonly BrokenWorkspace[]): void {
  if (broken.length === 0) return;
  const names = broken.map(({ workspace }) => workspace).join(', ');
  throw new Exit(1, `the files of ${names} have errors; fix: correct them, see the log above`);
}

/** A scheduler that calls `--once` needs to know about failed polls; a running program retries instead. */
async function failOnUnread({ workspaces, panels, program }: Run): Promise<void> {
  const refused = program.refused();
  const served = workspaces.filter(({ config }) => !refused.includes(config.workspace));
  const healths = await Promise.all(served.map(async (each) => (await panels.panelOf(each)).health()));
  if (healths.some(({ isKeyRefused }) => isKeyRefused)) throw new Exit(2, KEY_REFUSED);
  const failing = [
    ...new Set(healths.flatMap((each) => each.failing)),
    ...refused.map((name) => `workspace ${name}`),
  ];
  if (failing.length > 0)
    throw new Exit(1, `could not read ${failing.join(' or ')}; fix: see the log above for the cause`);
}

/** Values that must not appear in the log. */
function secretsOf({ blotato, server, notify, token, tokens = [], store }: Config): readonly string[] {
  const secrets = [
    ...[blotato.apiKey, server?.token, server?.agencyToken, token],
    ...[...tokens, ...(server?.tokens ?? [])].map((each) => each.token),
    ...(notify === null ? [] : secretsOfNotify(notify)),
    store.kind === 'postgres' ? store.url : null,
  ];
  return secrets.filter((secret) => secret !== null && secret !== undefined);
}

function secretsOfNotify({ email, webhook, slack, discord, telegram }: NonNullable<Config['notify']>) {
  const smtp = email === null ? [] : [email.smtp, decodeURIComponent(new URL(email.smtp).password)];
  return [...smtp, webhook?.secret, slack?.url, discord?.url, telegram?.token];
}

/** Aborted by the first SIGINT or SIGTERM. A second one of the same kind ends the process at once, as by default. */
function signalled(signals: Surroundings['signals'], onSignal: (signal: string) => void): AbortSignal {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    signals.once(signal, () => {
      onSignal(signal);
      stopping.abort();
    });
  }
  return stopping.signal;
}
