import { isUnset } from '../config/unset.js';
import { lineOf } from '../domain/finding.js';
import type { BrokenWorkspace } from '../domain/workspaces.js';
import type { Logger } from '../log/logger.js';
import type { LoadedWorkspaces } from './load-in-thread.js';

/**
 * Logs workspaces that were added while the program runs, once. A variable that is not set or empty is no error of such a
 * workspace, since a running process cannot get new ones. Returns the workspaces whose files have errors.
 * `atStart` are the workspaces that the program started with, those with errors too.
 */
export function createNewcomers(atStart: readonly { readonly workspace: string }[], logger: Logger) {
  const known = new Set(atStart.map(nameOf));
  let before = '';
  return (loaded: Extract<LoadedWorkspaces, { ok: true }>): readonly BrokenWorkspace[] => {
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

function nameOf({ workspace }: { readonly workspace: string }): string {
  return workspace;
}
