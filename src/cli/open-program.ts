import { setTimeout as delay } from 'node:timers/promises';
import { customerOf } from '../domain/customer.js';
import type { Observer } from '../domain/observer.js';
import { formatDuration, type Millis, MINUTE, SECOND } from '../domain/time.js';
import type { BrokenWorkspace } from '../domain/workspaces.js';
import type { WorkerTimes } from '../domain/worker-times.js';
import type { Logger } from '../log/logger.js';
import type { LoadedWorkspace } from '../project/load-in-thread.js';
import type { LiveWorkspace } from '../project/reload.js';
import type { PanelSource } from '../server/panels.js';
import { controlPath } from '../store/open.js';
import type { PgStore, PoolOptions } from '../store/postgres/open.js';
import { StoreError } from '../store/ports/store-error.js';
import { concurrencyFor } from '../workers/concurrency.js';

/** Workspaces on their shared store, with the scheduler that the kind of store needs. */
export interface Program {
  /**
   * Throws BlotatoError of kind `unauthorized` if the API refuses the key. Workers check it in each cycle
   * instead.
   */
  checkKey(): Promise<void>;
  start(): Promise<void>;
  once(): Promise<void>;
  /** Workspaces that belong to another customer; nothing of them is read or sent. */
  readonly refused: () => readonly string[];
  readonly sourceOf: (workspace: LiveWorkspace) => Promise<PanelSource>;
  /** Keeps rules without errors for later starts, where several workspaces share a store. Never rejects. */
  keepRules(loaded: readonly LoadedWorkspace[]): Promise<void>;
  stop(): Promise<void>;
  /** To be called after `stop`, when nothing uses the store any more. */
  close(): Promise<void>;
}

export interface ProgramOptions {
  readonly workspaces: readonly [LiveWorkspace, ...LiveWorkspace[]];
  /** The workspaces whose files have errors. */
  readonly broken: readonly BrokenWorkspace[];
  readonly logger: Logger;
  readonly observer: (workspace: string) => Observer;
  readonly once: boolean;
  /** Heartbeat times of the worker. @default WORKER_TIMES */
  readonly workerTimes?: WorkerTimes | undefined;
}

/** Database connections; queries are a small part of a cycle. */
const CONNECTIONS = 20;

/** Opens the store, alone or shared with other workers. Starts nothing. Throws StoreError. */
export async function openProgram(options: ProgramOptions): Promise<Program> {
  const { store } = options.workspaces[0].config;
  return store.kind === 'postgres' ? openShared(store.url, options) : openAlone(options);
}

async function openAlone({
  workspaces: [workspace],
  logger,
  observer,
  once,
}: ProgramOptions): Promise<Program> {
  const { config } = workspace;
  const { createApp } = await import('../program/app.js');
  const { openSqlite, sqliteReports } = await import('../store/sqlite/store.js');
  const store = openSqlite(controlPath(config) ?? '', Date.now, customerOf(config));
  const app = createApp({
    ...{ workspace, store, clock: Date.now, logger, observer: observer(config.workspace) },
    brokenRules: () => workspace.problem,
    ...(once ? { confirmAfter: SECOND } : {}),
  });
  return {
    ...app,
    refused: () => [],
    sourceOf: async () => ({
      ...{ store, trouble: app.trouble, nudge: app.nudge },
      reports: sqliteReports(controlPath(config) ?? ''),
    }),
    keepRules: async () => undefined,
    close: () => store.close(),
  };
}

async function openShared(url: string, options: ProgramOptions): Promise<Program> {
  const { workspaces, broken, logger, observer, once, workerTimes } = options;
  const { createSharedApp } = await import('../program/shared-app.js');
  const { sharedSource } = await import('../server/shared-source.js');
  const { createRulesKeeper } = await import('./rules-keeper.js');
  const served = await openDatabase(url, { connections: CONNECTIONS }, logger);
  const isWatched = workspaces[0].config.server !== null;
  const app = createSharedApp({
    ...{ served, workspaces, logger, concurrency: concurrencyFor(workspaces.length), workerTimes },
    ...(isWatched ? { observer } : {}),
    onRefused(name, why) {
      const live = workspaces.find(({ config }) => config.workspace === name);
      if (live) live.problem = { since: Date.now(), faults: [why] };
    },
  });
  return {
    ...app,
    checkKey: once ? app.checkKeys : async () => undefined,
    keepRules: createRulesKeeper({
      ...{ served, workspaces, broken, logger },
      isRefused: (name) => app.refused().includes(name),
    }),
    sourceOf: ({ config: { workspace } }) => sharedSource(served, workspace, () => app.trouble(workspace)),
    close: () => served.close(),
  };
}

/**
 * Opens the database, and retries for a while: it usually starts together with the workers, and may need
 * longer. One line of the log when an outage begins, and one when it ends. Throws StoreError `away` after `most` (default: a minute).
 */
export async function openDatabase(
  url: string,
  { most = MINUTE, ...options }: PoolOptions & { readonly most?: Millis },
  logger: Logger,
): Promise<PgStore> {
  const { openPostgres } = await import('../store/postgres/open.js');
  const began = Date.now();
  let isAway = false;
  for (;;) {
    try {
      const served = await openPostgres(url, options);
      if (isAway) logger.info({ after: formatDuration(Date.now() - began) }, 'the database was reached');
      return served;
    } catch (error) {
      const isLost = error instanceof StoreError && error.code === 'away';
      if (!isLost || Date.now() >= began + most) throw error;
      if (!isAway)
        logger.warn({ why: error.message }, 'the database cannot be reached; retrying for a minute');
      isAway = true;
      await delay(2 * SECOND);
    }
  }
}
