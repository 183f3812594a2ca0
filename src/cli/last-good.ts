import type { BrokenWorkspace } from '../domain/workspaces.js';
import type { Logger } from '../log/logger.js';
import { fromKept } from '../project/kept-rules.js';
import { faultsOf, type LiveWorkspace, liveWorkspace } from '../project/reload.js';
import type { Environment } from '../yaml/interpolate.js';
import { openDatabase } from './open-program.js';

/**
 * The workspaces whose rule files have errors, each with the last rules without errors that the store has.
 * Leaves out a workspace without such rules, or with errors in its configuration. Logs each workspace.
 */
export async function byLastGood(
  broken: readonly BrokenWorkspace[],
  env: Environment,
  logger: Logger,
): Promise<readonly LiveWorkspace[]> {
  const kept = await keptOf(broken, logger);
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

async function keptOf(
  broken: readonly BrokenWorkspace[],
  logger: Logger,
): Promise<ReadonlyMap<string, string>> {
  const [first] = broken.flatMap(({ config }) => config ?? []);
  if (first?.store.kind !== 'postgres') return new Map();
  const { keptRuleSets } = await import('../store/postgres/rule-sets.js');
  const served = await openDatabase(first.store.url, { connections: 1 }, logger);
  try {
    return await keptRuleSets(
      served,
      broken.map(({ workspace }) => workspace),
    );
  } finally {
    await served.close();
  }
}
