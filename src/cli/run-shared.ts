import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../domain/config.js';
import { isSchedule } from '../poller/schedule.js';
import { MINUTE, SECOND } from '../domain/time.js';
import { loadProject } from '../project/project.js';
import { createLogger, type Logger } from '../log/logger.js';
import type { Served as Site } from '../server/serve.js';
import type { SharedPanels } from '../server/shared-panels.js';
import type { SharedApp } from '../program/shared-app.js';
import type { Served } from '../store/postgres/open.js';
import { StoreError } from '../store/store-error.js';
import { changes } from '../project/watch.js';
import { readWorkspaces, type Workspace } from '../project/workspaces.js';
import { loadConfigs } from '../config/load.js';
import { Exit } from './exit.js';
import { sayFindings } from './output.js';
import { type RunOptions, secretsOf, signalled } from './run-common.js';

/** How many workspaces have a turn at the same time: most of a turn is waiting for the API. */
const CONCURRENCY = 100;
/** To the database, which is asked for a small part of a turn. */
const CONNECTIONS = 20;
const WAIT_FOR_DATABASE = MINUTE;

/** `run` on PostgreSQL: a worker beside others, for one workspace or for thousands. */
export async function runShared(options: RunOptions, configs: readonly Config[]): Promise<void> {
  const [first] = configs;
  if (first?.store.kind !== 'postgres') throw new Error('a shared store is meant');
  const { url } = first.store;
  const logger = createLogger({ ...first.log, secrets: [...configs.flatMap(secretsOf), url] });
  const workspaces = await ready(options, configs);
  const { createSharedApp } = await import('../program/shared-app.js');
  const { createSharedPanels } = await import('../server/shared-panels.js');
  const { workspaceOf } = await import('../store/postgres/store.js');
  const served = await opened(url, logger);
  const panels = createSharedPanels({
    ...{ served, workspaces, clock: Date.now, logger },
    numberOf: (workspace) => workspaceOf(served, workspace),
    projectOf: async (workspace) => {
      const read = await loadProject(options.config, process.env, workspace);
      return read.ok ? read.value : null;
    },
  });
  const app = createSharedApp({
    ...{ served, workspaces, clock: Date.now, logger, concurrency: CONCURRENCY },
    ...(first.server ? { observer: panels.observer } : {}),
  });
  const stopping = signalled((signal) => logger.info({ signal }, 'stopping'));
  let site: Site | null = null;
  try {
    if (options.once) {
      await app.once();
      return;
    }
    site = first.server ? await panels.serve(first.server) : null;
    if (site) logger.info({ port: site.port }, 'the dashboard is served');
    await app.start();
    logger.info({ workspaces: workspaces.length }, 'started');
    const reloading = keepReloading(options, { app, panels, logger, stopping });
    await new Promise((resolve) => stopping.addEventListener('abort', resolve, { once: true }));
    await reloading;
  } finally {
    await Promise.all([site?.close(), app.stop()]);
    await served.close();
    logger.info('stopped');
  }
}

/** A database that is not there yet may be in a minute: it is started together with the workers, as a rule. */
async function opened(url: string, logger: Logger): Promise<Served> {
  const { openServed } = await import('../store/postgres/open.js');
  const until = Date.now() + WAIT_FOR_DATABASE;
  for (;;) {
    try {
      return await openServed(url, { connections: CONNECTIONS });
    } catch (error) {
      const isAway = error instanceof StoreError && error.code === 'unreadable';
      if (!isAway || Date.now() > until) throw error;
      logger.warn({ err: error }, 'the database cannot be reached; it is tried again');
      await delay(2 * SECOND);
    }
  }
}

async function ready({ shadow }: RunOptions, configs: readonly Config[]): Promise<readonly Workspace[]> {
  const read = await readWorkspaces(
    shadow ? configs.map((config) => ({ ...config, mode: 'shadow' as const })) : configs,
    process.env,
  );
  if (read.ok) return read.value;
  sayFindings(read.findings);
  throw new Exit(1);
}

interface ReloadParts {
  readonly app: SharedApp;
  readonly panels: Pick<SharedPanels, 'swap' | 'refuse'>;
  readonly logger: Logger;
  readonly stopping: AbortSignal;
}

/**
 * Rules are read again when a file changes, of all workspaces at once; with any fault, all stay as they are. A workspace
 * that is new counts from the next start.
 */
async function keepReloading(
  options: RunOptions,
  { app, panels, logger, stopping }: ReloadParts,
): Promise<void> {
  const files = (): readonly string[] => {
    const loaded = loadConfigs(options.config, process.env, isSchedule);
    return [options.config, ...new Set(loaded.ok ? loaded.value.map(({ rulesPath }) => rulesPath) : [])];
  };
  const looks = changes(files, { signal: stopping });
  while ((await looks.next()).done !== true) {
    const configs = loadConfigs(options.config, process.env, isSchedule);
    const read = configs.ok ? await readWorkspaces(configs.value, process.env) : configs;
    if (!read.ok) {
      const broken = read.findings.filter(({ severity }) => severity === 'error');
      const faults = broken.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
      logger.error(
        { faults },
        'the changed rules are not used: they have faults. Those read before stay in force',
      );
      panels.refuse(broken);
      continue;
    }
    for (const { config, set } of read.value) {
      app.swap(config.workspace, set);
      panels.swap(config.workspace, set);
    }
    logger.info({ workspaces: read.value.length }, 'rules and calendars were read again');
  }
}
