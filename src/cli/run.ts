import { type App, createApp } from '../program/app.js';
import { BlotatoError } from '../blotato/errors.js';
import type { Config } from '../domain/config.js';
import { SECOND } from '../domain/time.js';
import type { CompiledSet } from '../engine/rule-set.js';
import { createLogger, type Logger } from '../log/logger.js';
import { notifierFor } from '../notify/notifier-for.js';
import type { Notifier } from '../notify/notifier.js';
import type { Project } from '../project/project.js';
import { createReloader, keepReloading, type Reloader } from '../project/reload.js';
import { carryOut, serveControl } from '../server/control.js';
import type { Panel } from '../server/panel.js';
import type { Served } from '../server/serve.js';
import { watchProgram } from '../server/watch-program.js';
import type { Store } from '../store/store.js';
import { controlPath } from '../store/open.js';
import { Exit } from './exit.js';
import { type CommonOptions, configsOf, projectFiles, runnableOf, withWriter } from './project.js';
import { type RunOptions, secretsOf, signalled } from './run-common.js';
import type { Health } from '../domain/health.js';

const KEY_REFUSED = 'Blotato refused the API key (401). Check `blotato.api_key`: keys may end in "=".';

/** `run`: poll, decide, send. Until SIGTERM or Ctrl-C; with `--once`, one poll and what may be sent now. */
export async function run(options: RunOptions): Promise<void> {
  const configs = configsOf(options);
  if (configs.some(({ store }) => store.kind === 'postgres')) {
    const { runShared } = await import('./run-shared.js');
    return runShared(options, configs);
  }
  return runAlone(options);
}

/** The one program of an embedded store. */
async function runAlone(options: RunOptions): Promise<void> {
  const { config: loaded, set } = await runnableOf(options);
  const config: Config = options.shadow ? { ...loaded, mode: 'shadow' } : loaded;
  const logger = createLogger({
    ...config.log,
    secrets: secretsOf(config),
  });

  await withWriter(config, async (store) => {
    const { app, reloader, panel } = assemble({ config, loaded, set, store, logger }, options);
    const stopControl = await serveControl(controlPath(config) ?? '', async (asked) =>
      asked.do === 'rules' ? { rules: reloader.state() } : panel.command(asked),
    );
    const stopping = signalled((signal) => logger.info({ signal }, 'stopping'));
    const stopped = new Promise((resolve) => stopping.addEventListener('abort', resolve, { once: true }));
    const over = new AbortController();
    let server: Served | null = null;
    let notifier: Notifier | null = null;
    let working: Promise<void> = Promise.resolve();
    try {
      server = await listen(config, panel);
      if (server) logger.info({ address: addressOf(config, server) }, 'the dashboard is served');
      notifier = await notifierFor(config, {
        ...{ store, clock: Date.now, logger },
        condition: () => ({ failing: panel.health().failing, brokenRules: panel.rules().problem }),
      });
      if (!options.once) notifier?.start();
      const ending = AbortSignal.any([stopping, over.signal]);
      if (!options.once) reloadOn(reloader, options, { logger, stopping: ending });
      working = work(app, options, { config, logger, stopping });
      await Promise.race([stopped, working.then(() => (options.once ? null : stopped))]);
      if (options.once && !stopping.aborted) await Promise.race([stopped, notifier?.look()]);
      if (options.once) failOnUnread(app.health());
    } finally {
      over.abort();
      // Together: whoever keeps the owner's mail waiting does not keep the program sending.
      await Promise.all([server?.close(), notifier?.stop(), app.stop()]);
      // The store must stay open for what stopping cut short. How that went has been said, or no longer matters.
      await working.catch(() => undefined);
      await stopControl();
      logger.info('stopped');
    }
  });
}

interface Parts {
  readonly config: Config;
  /** Without what the command line changes: what the files are compared with. */
  readonly loaded: Config;
  readonly set: CompiledSet;
  readonly store: Store;
  readonly logger: Logger;
}

/** The program, what puts changed rules into force, and what the owner sees and does. */
function assemble({ config, loaded, set, store, logger }: Parts, options: RunOptions) {
  const { tell, onChange, observer, metrics } = watchProgram();
  const app = createApp({
    config,
    set,
    store,
    clock: Date.now,
    logger,
    observer,
    ...(options.once ? { confirmAfter: SECOND } : {}),
  });
  let inForce = set;
  const reloader = createReloader({
    configFile: options.config,
    env: process.env,
    project: { config: loaded, set },
    swap: (next) => {
      inForce = next;
      app.swap(next);
      tell();
    },
    clock: Date.now,
    logger,
  });
  const panel: Omit<Panel, 'reports'> = {
    config,
    store,
    clock: Date.now,
    health: () => ({ ...app.health(), rulesFaults: faultsOf(reloader) }),
    rules: reloader.state,
    set: () => inForce,
    project: () => projectOrNull(options),
    command: async (asked) => {
      const result = await carryOut(asked, store, Date.now());
      app.nudge();
      tell();
      return result;
    },
    metrics: () => metrics(panel),
    onChange,
  };
  return { app, reloader, panel };
}

/** The rules are read again when a file changes, and on SIGHUP. */
function reloadOn(
  reloader: Reloader,
  options: RunOptions,
  { logger, stopping }: Pick<WorkContext, 'logger' | 'stopping'>,
): void {
  const onHangUp = (): void => void reloader.reload('SIGHUP');
  process.on('SIGHUP', onHangUp);
  void keepReloading(reloader, () => projectFiles(options), { signal: stopping, logger }).finally(() =>
    process.off('SIGHUP', onHangUp),
  );
}

function faultsOf(reloader: Reloader): readonly string[] {
  return reloader.state().problem?.faults ?? [];
}

interface WorkContext {
  readonly config: Config;
  readonly logger: Logger;
  readonly stopping: AbortSignal;
}

async function work(
  app: App,
  { once }: RunOptions,
  { config, logger, stopping }: WorkContext,
): Promise<void> {
  await checkKey(app.checkKey, (error) => {
    if (!stopping.aborted) logger.warn({ err: error }, 'Blotato could not be asked about the key; going on');
  });
  // Stopping ends the question above. An app that was stopped must not be started after that: it would send.
  if (stopping.aborted) return;
  logger.info({ mode: config.mode, accounts: config.accounts.map((each) => each.name) }, 'started');
  await (once ? app.once() : app.start());
}

/** Serves health and dashboard where the configuration says so. */
async function listen({ server }: Config, panel: Omit<Panel, 'reports'>): Promise<Served | null> {
  if (!server) return null;
  const { startSite } = await import('../server/start.js');
  return startSite(server, panel).catch((error: unknown) => {
    const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    throw isTaken
      ? new Exit(
          1,
          `\`server.port\`: ${server.host}:${server.port} is taken; give another port, or stop what uses it`,
        )
      : error;
  });
}

function addressOf({ server }: Config, { port }: Served): string {
  const host = server?.host ?? '';
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The project as its files have it now; null with faults, which the log has told. */
async function projectOrNull({ config }: CommonOptions): Promise<Project | null> {
  const { loadProject } = await import('../project/project.js');
  const loaded = await loadProject(config, process.env);
  return loaded.ok ? loaded.value : null;
}

/** A key that is refused ends the command with 2. A server that cannot be reached does not: it may be back in a minute. */
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

/** Whoever calls `--once` from a timer must hear what was not read; a running program goes on trying instead. */
function failOnUnread({ failing, isKeyRefused }: Health): void {
  if (isKeyRefused) throw new Exit(2, KEY_REFUSED);
  if (failing.length > 0) throw new Exit(1, `could not read ${failing.join(' or ')}; see the log above`);
}
