import type { BrokenWorkspace } from '../domain/workspaces.js';
import type { Logger } from '../log/logger.js';
import { toKept } from '../project/kept-rules.js';
import type { LoadedWorkspace } from '../project/load-in-thread.js';
import { faultsOf, type LiveWorkspace, rulesState, type RulesState } from '../project/reload.js';
import type { PgStore } from '../store/postgres/open.js';
import { keepRuleSets, saveRulesStates } from '../store/postgres/rule-sets.js';

export interface RulesKeeperOptions {
  readonly served: PgStore;
  readonly workspaces: readonly LiveWorkspace[];
  /** The workspaces whose files had errors at the start. */
  readonly broken: readonly BrokenWorkspace[];
  /** True if the workspace belongs to another customer in the store. */
  readonly isRefused: (workspace: string) => boolean;
  readonly logger: Logger;
}

/**
 * Stores rules without errors for later starts, and the state of the active rules for `status`. Never rejects.
 */
export function createRulesKeeper(options: RulesKeeperOptions) {
  const { served, isRefused, logger } = options;
  let running: Promise<void> = Promise.resolve();
  return (loaded: readonly LoadedWorkspace[]): Promise<void> => {
    const own = toKept(loaded.filter(({ config }) => !isRefused(config.workspace)));
    const states = statesOf(options);
    running = running
      .then(async () => {
        await keepRuleSets(served, own);
        await saveRulesStates(served, states);
      })
      .catch((error: unknown) => logger.error({ err: error }, 'the rules could not be saved in the store'));
    return running;
  };
}

function statesOf({ workspaces, broken, isRefused }: RulesKeeperOptions): ReadonlyMap<string, string> {
  const states = new Map<string, RulesState>();
  const now = Date.now();
  for (const each of broken) {
    const problem = { since: now, faults: faultsOf([each]) };
    states.set(each.workspace, { rules: 0, loadedAt: now, problem });
  }
  for (const each of workspaces) states.set(each.config.workspace, rulesState(each));
  return new Map(
    [...states]
      .filter(([workspace]) => !isRefused(workspace))
      .map(([workspace, state]) => [workspace, JSON.stringify(state)]),
  );
}
