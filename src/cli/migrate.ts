import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { isPostgresUrl } from '../config/address.js';
import { ONLY_WORKSPACE } from '../config/load.js';
import { whereIs } from '../store/open.js';
import { Exit } from './exit.js';
import { count, print, printJson } from './output.js';
import { createProgress } from './progress.js';

export interface MigrateOptions {
  readonly from: string;
  readonly to: string;
  readonly workspace?: string;
  readonly json?: boolean;
}

/** `migrate`: moves the store of an installation from SQLite into a workspace on PostgreSQL. */
export async function migrate({ from, to, workspace = ONLY_WORKSPACE, json }: MigrateOptions): Promise<void> {
  const path = pathOf(from);
  if (!isPostgresUrl(to)) {
    throw new Exit(
      1,
      '--to is not the address of a PostgreSQL database: postgres://USER:PASSWORD@HOST:PORT/DATABASE',
    );
  }
  const { openWriter } = await import('../store/sqlite/open.js');
  const { openPostgres } = await import('../store/postgres/open.js');
  const { workspaceOf } = await import('../store/postgres/store.js');
  const { transfer } = await import('../store/transfer.js');
  // Nothing else writes meanwhile: SQLite has a single writer, which is this process now.
  const source = openWriter(path, { evenMoved: true });
  try {
    const target = await openPostgres(to, { connections: 2 });
    const progress = createProgress('row');
    let moved = 0;
    try {
      const { rows } = await transfer({
        from: source.db,
        to: target,
        where: whereIs({ store: { kind: 'postgres', url: to } }),
        workspace: await workspaceOf(target, workspace),
        onProgress: (rowsMore) => progress.at((moved += rowsMore)),
      });
      progress.end();
      if (json) printJson({ workspace, rows });
      else tell(rows, workspace, path);
    } finally {
      progress.end();
      await target.close();
    }
  } finally {
    source.close();
  }
}

function pathOf(from: string): string {
  if (!from.startsWith('sqlite:'))
    throw new Exit(1, '--from is not a SQLite store: write sqlite: and a file');
  const path = resolve(from.slice('sqlite:'.length));
  if (!existsSync(path)) throw new Exit(1, `there is no store at ${path}`);
  return path;
}

function tell(rows: Readonly<Record<string, number>>, workspace: string, path: string): void {
  const { events = 0, sends = 0 } = rows;
  print(`moved ${count(events, 'event')} and ${count(sends, 'send')} into the workspace "${workspace}"`);
  print('Now write the new `store:` into the configuration, and start the program on it.');
  print(`${path} is kept, but must not be used any more: both programs would reply to everybody.`);
}
