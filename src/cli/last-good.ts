import type { Config } from '../domain/config.js';
import type { BrokenWorkspace } from '../domain/workspaces.js';
import { createLogger, type Logger } from '../log/logger.js';
import { fromKept, keptTables } from '../project/kept-rules.js';
import { type LoadedWorkspaces, loadWorkspaces } from '../project/load-in-thread.js';
import { loadConfigsOf, type LoadRequest } from '../project/load-request.js';
import { faultsOf, type LiveWorkspace, liveWorkspace } from '../project/reload.js';
import type { Tables } from '../project/tables.js';
import { isLostConnection } from '../store/postgres/lost-connection.js';
import type { Environment } from '../yaml/interpolate.js';
import { openDatabase } from './open-program.js';

/**
 * Loads the workspaces. If a FAQ table cannot be read and has no last good version beside the store, takes
 * the version in a shared database.
 */
export async function loadWithTables(order: LoadRequest, tables: Tables): Promise<LoadedWorkspaces> {
  const loaded = await loadWorkspaces({ ...order, isStart: true }, tables);
  const isFailing = [...tables.states.values()].some(
    ({ failure, good }) => failure !== null && good === null,
  );
  const configs = isFailing ? loadConfigsOf(order) : null;
  if (!configs?.ok) return loaded;
  const silent = createLogger({ level: 'silent', pretty: false, secrets: [] });
  const kept = await keptOf(configs.value, silent).catch((error: unknown) => {
    // Without the database its versions are unknown, so this is no error of the table. Other errors are reported at opening.
    if (isLostConnection(error)) throw error;
    return new Map<string, string>();
  });
  const texts = new Map([...kept.values()].flatMap((content) => [...keptTables(content)]));
  return tables.restore(texts) ? loadWorkspaces(order, tables) : loaded;
}

/**
 * The workspaces whose rule files have errors, each with the last rules without errors that the store has.
 * Leaves out a workspace without such rules, or with errors in its configuration. Logs each workspace.
 */
export async function byLastGood(
  broken: readonly BrokenWorkspace[],
  env: Environment,
  logger: Logger,
): Promise<readonly LiveWorkspace[]> {
  const kept = await keptOf(
    broken.flatMap(({ config }) => config ?? []),
    logger,
  );
  const served: LiveWorkspace[] = [];
  for (const each of broken) {
    const { workspace, config } = each;
    const content = kept.get(workspace);
    const last = config && content !== undefined ? await fromKept(content, config, env) : null;
    const faults = faultsOf([each]);
    if (last) {
      served.push({ ...liveWorkspace(last, Date.now), problem: { since: Date.now(), faults } });
      logger.error(
        { workspace, faults },
        'the rules of a workspace have errors; its last rules without errors are active',
      );
    } else {
      logger.error({ workspace, faults }, 'a workspace is not served, because its files have errors');
    }
  }
  return served;
}

/** The stored rules of workspaces, keyed by the name of the workspace. */
async function keptOf(configs: readonly Config[], logger: Logger): Promise<ReadonlyMap<string, string>> {
  const [first] = configs;
  if (first?.store.kind !== 'postgres') return new Map();
  const { keptRuleSets } = await import('../store/postgres/rule-sets.js');
  const served = await openDatabase(first.store.url, { connections: 1 }, logger);
  try {
    return await keptRuleSets(
      served,
      configs.map(({ workspace }) => workspace),
    );
  } finally {
    await served.close();
  }
}
