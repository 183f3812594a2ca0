import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isPostgresUrl } from '../config/address.js';
import { withoutKeys } from '../config/keyless.js';
import { parseConfig } from '../config/load.js';
import { workspacesFolder } from '../config/workspaces-folder.js';
import { ONLY_WORKSPACE } from '../domain/workspaces.js';
import { isSchedule } from '../poller/schedule.js';
import { whereIs } from '../store/open.js';
import { Exit } from './exit.js';
import { readText } from '../yaml/read.js';
import { listedWorkspace, migratedConfig, workspaceFile } from './migrated-config.js';
import { count, print, printJson } from './output.js';
import { createProgress } from './progress.js';

export interface MigrateOptions {
  readonly from: string;
  readonly to: string;
  readonly config: string;
  readonly workspace?: string;
  /** Configuration of the installation that the workspace joins. */
  readonly into?: string;
  readonly json?: boolean;
}

/** `migrate`: moves the store of an installation from SQLite into a workspace on PostgreSQL. */
export async function migrate(options: MigrateOptions): Promise<void> {
  const { from, to, workspace = ONLY_WORKSPACE, json } = options;
  const path = pathOf(from);
  const place = placeIn(options);
  if (!isPostgresUrl(to)) {
    throw new Exit(
      1,
      '--to is not the address of a PostgreSQL database; fix: write postgres://USER:PASSWORD@HOST:PORT/DATABASE',
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
      const config = nextConfig(options.config, to, workspace);
      const next = config === null || place === null ? config : place.textOf(readConfig(options.config));
      if (json) printJson({ workspace, rows, config: next, ...(place ? { file: place.file } : {}) });
      else tell(rows, next, { path, workspace, file: options.config, place });
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
    throw new Exit(1, '--from is not a SQLite store; fix: write sqlite: and its file');
  const path = resolve(from.slice('sqlite:'.length));
  if (!existsSync(path))
    throw new Exit(1, `there is no store at ${path}; fix: write the file of \`store\` in the configuration`);
  return path;
}

/** Part of another installation's configuration that a workspace is written into. */
interface Place {
  readonly file: string;
  readonly how: string;
  /** The text to write, from the text of the configuration that the store belonged to. */
  readonly textOf: (config: string) => string;
}

/** A file in the folder of workspaces of `--into`, or an entry of its list; null without `--into`. Throws Exit. */
function placeIn({ into, workspace = ONLY_WORKSPACE }: MigrateOptions): Place | null {
  if (into === undefined) return null;
  if (workspace === ONLY_WORKSPACE)
    throw new Exit(1, '--into needs the name of the workspace; fix: give it with --workspace NAME');
  if (!existsSync(into))
    throw new Exit(1, `--into is "${into}", which does not exist; fix: name a configuration with workspaces`);
  const folder = workspacesFolder(into, withoutKeys(into, process.env));
  return folder === null
    ? { file: into, how: 'under `workspaces` of', textOf: (text) => listedWorkspace(text, workspace) }
    : {
        file: join(folder, `${workspace}.yaml`),
        how: 'into a file whose paths start at its folder,',
        textOf: workspaceFile,
      };
}

function readConfig(file: string): string {
  const text = readText(file, '');
  return text.ok ? text.value : '';
}

/** The configuration to continue with; null if the present one cannot be read, or cannot be rewritten with certainty. */
function nextConfig(file: string, to: string, workspace: string): string | null {
  const before = readText(file, '');
  if (!before.ok) return null;
  const text = migratedConfig(before.value, workspace);
  const env = { ...withoutKeys(file, process.env), DATABASE_URL: to };
  const was = parseConfig(before.value, file, env, isSchedule);
  const is = parseConfig(text, file, env, isSchedule);
  if (!was.ok || !is.ok) return null;
  const { store, workspace: name } = is.value;
  const expected = { ...was.value, store, workspace: name };
  return name === workspace && isDeepStrictEqual(is.value, expected) ? text : null;
}

interface Moved {
  readonly path: string;
  readonly workspace: string;
  readonly file: string;
  readonly place: Place | null;
}

const OWN = 'a variable of its own for the key, a token, and the path of its own rules.';
const JOIN = `If you have a configuration with workspaces already, copy only the block under \`workspaces\` into it, and give the workspace ${OWN}`;

function tell(
  rows: Readonly<Record<string, number>>,
  config: string | null,
  { path, workspace, file, place }: Moved,
): void {
  const { events = 0, sends = 0 } = rows;
  print(`moved ${count(events, 'event')} and ${count(sends, 'send')} into the workspace "${workspace}"`);
  print(`${path} is kept, but must not be used any more: both programs would reply to everybody.`);
  if (config !== null && place !== null) {
    print(`Write this ${place.how} ${place.file}:\n`);
    print(config);
    print(`Give the workspace ${OWN}`);
    return;
  }
  if (config !== null) {
    print(`Replace ${file} by this, and set the variable DATABASE_URL to the address of --to:\n`);
    print(config);
    if (workspace !== ONLY_WORKSPACE) print(`\n${JOIN}`);
    return;
  }
  const name = workspace === ONLY_WORKSPACE ? '' : `, and its workspace the name ${workspace}`;
  print(`Now give ${file} the new \`store:\`${name}; another name would be another, empty workspace.`);
}
