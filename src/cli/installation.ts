import type { Config } from '../domain/config.js';
import { WORKER_TIMES } from '../domain/worker-times.js';
import { withoutKeys } from '../config/keyless.js';
import { loadConfigs } from '../config/load.js';
import { isSchedule } from '../poller/schedule.js';
import type { RulesState } from '../project/reload.js';
import { callControl } from '../server/control.js';
import { controlPath } from '../store/open.js';
import type { ServingWorker, UnservedWorkspace } from '../store/postgres/installation.js';
import type { CommonOptions } from './project.js';

/** The program that runs, or on a shared store its workers. */
export interface Installation {
  /** The active rules; null if no program runs, or no running worker serves the workspace. */
  readonly rules: RulesState | null;
  /** Running workers that serve the workspace; null on an embedded store. */
  readonly workers: readonly ServingWorker[] | null;
  /** Other workspaces with waiting sends, which no running worker serves and no configuration names. */
  readonly unserved: readonly UnservedWorkspace[];
}

/** Reads the state of the installation. An embedded store has one workspace, whose program is asked. */
export async function installationOf(
  place: Pick<Config, 'store' | 'workspace'>,
  { config: file }: CommonOptions,
): Promise<Installation> {
  const { store, workspace } = place;
  if (store.kind !== 'postgres') return { rules: await rulesOfProgram(place), workers: null, unserved: [] };
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

async function rulesOfProgram(place: Pick<Config, 'store'>): Promise<RulesState | null> {
  const answer = await callControl(controlPath(place) ?? '', { do: 'rules' }).catch(() => null);
  return answer && 'rules' in answer ? (answer.rules as RulesState) : null;
}

/** The workspaces of a configuration, those with errors too. */
function configured(file: string): readonly string[] {
  const configs = loadConfigs(file, withoutKeys(file, process.env), isSchedule);
  return configs.ok ? [...configs.value, ...configs.broken].map(({ workspace }) => workspace) : [];
}
