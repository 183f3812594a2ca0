import type { Config } from '../domain/config.js';
import { WORKER_TIMES } from '../domain/worker-times.js';
import { withoutKeys } from '../config/keyless.js';
import { loadConfigs } from '../config/load.js';
import { isSchedule } from '../poller/schedule.js';
import type { RulesState } from '../project/reload.js';
import type { ServingWorker, UnservedWorkspace } from '../store/postgres/installation.js';
import type { CommonOptions } from './project.js';

/** The part of `status` about a workspace on a shared store. */
export interface Installation {
  /** The active rules; null if no running worker serves the workspace. */
  readonly rules: RulesState | null;
  /** Running workers that serve the workspace. */
  readonly workers: readonly ServingWorker[];
  /** Other workspaces with waiting sends, which no running worker serves and no configuration names. */
  readonly unserved: readonly UnservedWorkspace[];
}

/** Reads the state of the installation; null on an embedded store, which has one workspace. */
export async function installationOf(
  { store, workspace }: Pick<Config, 'store' | 'workspace'>,
  { config: file }: CommonOptions,
): Promise<Installation | null> {
  if (store.kind !== 'postgres') return null;
  const { openPostgres } = await import('../store/postgres/open.js');
  const { servedWorkspaces, unservedWorkspaces, workersOf } =
    await import('../store/postgres/installation.js');
  const { rulesStateOf } = await import('../store/postgres/rule-sets.js');
  const database = await openPostgres(store.url, { connections: 1 });
  try {
    const served = await servedWorkspaces(database, WORKER_TIMES.heartbeatTimeout);
    const state = await rulesStateOf(database, workspace);
    const rules = state === null ? null : (JSON.parse(state) as RulesState);
    const isActive = served.has(workspace) || rules?.problem;
    const workers = await workersOf(database, workspace, WORKER_TIMES.heartbeatTimeout);
    const known = new Set([...served, ...configured(file)]);
    const unserved = await unservedWorkspaces(database, known);
    return { rules: isActive ? rules : null, workers, unserved };
  } finally {
    await database.close();
  }
}

/** The workspaces of a configuration, those with errors too. */
function configured(file: string): readonly string[] {
  const configs = loadConfigs(file, withoutKeys(file, process.env), isSchedule);
  return configs.ok ? [...configs.value, ...configs.broken].map(({ workspace }) => workspace) : [];
}
