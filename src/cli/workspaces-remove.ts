import { loadConfigs } from '../config/load.js';
import { withoutKeys } from '../config/keyless.js';
import { plain } from '../domain/terminal.js';
import { WORKER_TIMES } from '../domain/worker-times.js';
import { isSchedule } from '../poller/schedule.js';
import { whereIs } from '../store/open.js';
import { Exit } from './exit.js';
import { count, print, printJson, say, sayFindings } from './output.js';

export interface WorkspacesRemoveOptions {
  readonly config: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/**
 * `workspaces remove NAME`: deletes a workspace with all that is stored about it, such as one that `migrate` filled by
 * mistake. Without --yes it only counts. Throws StoreError.
 */
export async function workspacesRemove(name: string, options: WorkspacesRemoveOptions): Promise<void> {
  const { config: file, yes = false, json = false } = options;
  const loaded = loadConfigs(file, withoutKeys(file, process.env), isSchedule);
  const first = loaded.ok ? loaded.value[0] : undefined;
  if (!first) {
    sayFindings(loaded.ok ? loaded.broken.flatMap(({ findings }) => findings) : loaded.findings);
    throw new Exit(1);
  }
  if (first.store.kind === 'sqlite') {
    const fix = `stop the program, and delete ${first.store.path} with its -wal and -shm`;
    throw new Exit(1, `a SQLite store has one workspace, which is the whole file; fix: ${fix}`);
  }
  const { openPostgres } = await import('../store/postgres/open.js');
  const { removeWorkspace, TAKE_OUT } = await import('../store/postgres/remove-workspace.js');
  const served = await openPostgres(first.store.url, { connections: 1 });
  try {
    const { rows, isServed } = await removeWorkspace(served, name, {
      ...{ isDry: !yes, timeout: WORKER_TIMES.heartbeatTimeout },
    });
    if (json) {
      printJson({ workspace: name, removed: yes, isServed, rows: Object.fromEntries(rows) });
      return;
    }
    const all = [...rows.values()].reduce((sum, n) => sum + n, 0);
    const parts = [...rows].map(([table, n]) => `${table} ${n}`).join(', ');
    const what = `workspace ${plain(name)} of ${whereIs(first)}: ${count(all, 'row')}${all === 0 ? '' : ` (${parts})`}`;
    if (isServed) say(`a running worker serves it, so --yes would be refused; fix: ${TAKE_OUT}`);
    print(
      yes ? `removed ${what}` : `would remove ${what}; nothing was deleted, add --yes to delete it for good`,
    );
  } finally {
    await served.close();
  }
}
