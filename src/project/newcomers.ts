import { isUnset } from '../config/unset.js';
import { lineOf } from '../domain/finding.js';
import type { BrokenWorkspace } from '../domain/workspaces.js';
import type { Logger } from '../log/logger.js';
import type { LoadedWorkspaces } from './load-in-thread.js';

/** A workspace that the program started with. */
interface Served {
  readonly config: { readonly workspace: string };
  isRemoved?: boolean;
}

/**
 * Logs workspaces that were added while the program runs, once. A variable that is not set or empty is no error of such a
 * workspace, since a running process cannot get new ones. Returns the workspaces whose files have errors.
 * `workspaces` and `broken` are those that the program started with. Marks the ones that were removed meanwhile.
 */
export function createNewcomers(
  workspaces: readonly Served[],
  broken: readonly BrokenWorkspace[],
  logger: Logger,
) {
  const known = new Set([...workspaces.map(({ config }) => config), ...broken].map(nameOf));
  let before = '';
  return (loaded: Extract<LoadedWorkspaces, { ok: true }>): readonly BrokenWorkspace[] => {
    markRemoved(loaded, workspaces, logger);
    const isWaiting = ({ workspace, findings }: BrokenWorkspace): boolean =>
      !known.has(workspace) && findings.every((each) => isUnset(each) || each.severity !== 'error');
    const unset = loaded.broken.filter(isWaiting);
    const names = [...loaded.value.map(({ config }) => config.workspace), ...unset.map(nameOf)];
    const added = names.filter((name) => !known.has(name));
    const why = unset.flatMap(({ findings }) => findings.map(lineOf));
    const now = JSON.stringify([added, why]);
    if (added.length > 0 && now !== before)
      logger.warn(
        { workspaces: added, ...(why.length > 0 ? { missing: why } : {}) },
        'new workspaces are served from the next start',
      );
    before = now;
    return loaded.broken.filter((each) => !isWaiting(each));
  };
}

/**
 * Marks the workspaces that the configuration has no more, which stops them, and those that it has again. A workspace with
 * errors in its files is not removed. Logs each change.
 */
function markRemoved(
  loaded: Extract<LoadedWorkspaces, { ok: true }>,
  workspaces: readonly Served[],
  logger: Logger,
): void {
  const named = new Set([
    ...loaded.value.map(({ config }) => config.workspace),
    ...loaded.broken.map(nameOf),
  ]);
  const changed = workspaces.filter((each) => (each.isRemoved === true) === named.has(each.config.workspace));
  for (const each of changed) each.isRemoved = each.isRemoved !== true;
  const namesOf = (isRemoved: boolean): readonly string[] =>
    changed.filter((each) => each.isRemoved === isRemoved).map(({ config }) => config.workspace);
  const [gone, back] = [namesOf(true), namesOf(false)];
  if (gone.length > 0)
    logger.warn(
      { workspaces: gone },
      'removed workspaces are no longer served, and their tokens open nothing',
    );
  if (back.length > 0) logger.info({ workspaces: back }, 'removed workspaces are served again');
}

function nameOf({ workspace }: { readonly workspace: string }): string {
  return workspace;
}
