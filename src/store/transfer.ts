import type pg from 'pg';
import { TABLES } from './postgres/migrations/001-initial.js';
import type { PgStore } from './postgres/open.js';
import { fingerprintOf } from './sqlite/customer.js';
import { type Connection, isMoved, markMoved, unmarkMoved } from './sqlite/open.js';
import { StoreError } from './ports/store-error.js';

/** Tables of an embedded store, referenced ones first. */
const MOVED = [
  ...TABLES,
  'labels',
  'counts',
  'audit',
  'branches',
  'run_steps',
  'codes',
  'pools',
  'button_refusals',
  'dead_links',
  'link_checks',
];
/** Rows per batch. */
const PORTION = 1_000;
/** Tables whose rows get new ids, since other workspaces have used the old ids. */
const NUMBERED = [
  'events',
  'sends',
  'attempts',
  'funnels',
  'runs',
  'webhooks',
  'handoffs',
  'notices',
  'audit',
  'run_steps',
] as const;
const KEY_OF = { events: 'seq' } as Readonly<Record<string, string>>;
/** Columns that refer to ids of other tables. */
const REFERENCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  attempts: { send_id: 'sends' },
  runs: { funnel: 'funnels' },
  told: { notice: 'notices' },
  run_steps: { run: 'runs' },
};
type Row = Record<string, string | number | null>;

export interface Transferred {
  readonly rows: Readonly<Record<string, number>>;
}

export interface TransferOptions {
  /** The embedded store, open for writing, so that no program decides or sends meanwhile. */
  readonly from: Connection;
  readonly to: PgStore;
  readonly workspace: number;
  /** Called after each batch with its number of rows. */
  readonly onProgress?: (rows: number) => void;
}

/**
 * Copies an embedded store into an empty workspace, in one transaction: all or nothing. The embedded store is
 * then marked as moved to `where`, and otherwise unchanged. Throws StoreError `locked` if the workspace is
 * not empty.
 */
export async function transfer(options: TransferOptions & { readonly where: string }): Promise<Transferred> {
  const { from, where } = options;
  // The store is marked as moved before anything is copied: after a crash in between, no program runs on both
  // stores.
  const wasMoved = isMoved(from);
  if (!wasMoved) markMoved(from, where);
  try {
    return await copyAll(options);
  } catch (error) {
    // If the copy was refused, nothing was written. After any other error the result is unknown: `migrate`
    // may be run again.
    if (!wasMoved && error instanceof StoreError) unmarkMoved(from);
    throw error;
  }
}

async function copyAll({ from, to, workspace, onProgress }: TransferOptions): Promise<Transferred> {
  const client = await to.admin.connect();
  const rows: Record<string, number> = {};
  try {
    await client.query(
      `begin; ${to.as}; set local statement_timeout = 0; select set_config('autoresponder.workspace', '${workspace}', true)`,
    );
    await client.query('select 1 from workspaces where id = $1 for update', [workspace]);
    await refuseUsed(client);
    const numbers = new Map<string, Map<number, number>>();
    // Referenced tables come first in the list.
    for (const table of MOVED) {
      rows[table] = await copyTable(table, { from, client, numbers, onProgress });
    }
    await client.query('update workspaces set customer = $1 where id = $2', [fingerprintOf(from), workspace]);
    await client.query('commit');
    return { rows };
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

async function refuseUsed(client: pg.PoolClient): Promise<void> {
  for (const table of MOVED) {
    const { rowCount } = await client.query(`select 1 from ${table} limit 1`);
    if (rowCount === 0) continue;
    throw new StoreError(
      'refused',
      `the workspace is not empty (${table}): a store can only be moved into an empty one, before any program has run on it; fix: name a new workspace with --workspace, or remove this one by \`autoresponder workspaces remove\``,
    );
  }
}

interface Copying extends Pick<TransferOptions, 'from'> {
  readonly onProgress: TransferOptions['onProgress'] | undefined;
  readonly client: pg.PoolClient;
  /** Old id -> new id, per table. */
  readonly numbers: Map<string, Map<number, number>>;
}

async function copyTable(table: string, { from, client, numbers, onProgress }: Copying): Promise<number> {
  const key = KEY_OF[table] ?? 'id';
  const isNumbered = (NUMBERED as readonly string[]).includes(table);
  const next = from.prepare(
    `select rowid as place, * from ${table} where rowid > ? order by rowid limit ${PORTION}`,
  );
  const given = new Map<number, number>();
  let copied = 0;
  let after = -1;
  for (;;) {
    const read = next.all(after) as (Row & { place: number })[];
    const last = read.at(-1);
    if (last === undefined) break;
    after = last.place;
    const rows = read.map((row) => referred(table, row, numbers));
    const columns = Object.keys(rows[0] ?? {}).filter(
      (name) => name !== 'place' && !(isNumbered && name === key),
    );
    const inserted = await insert(client, { table, columns, rows, returning: isNumbered ? key : null });
    for (const [index, number] of inserted.entries()) given.set(Number(read[index]?.[key]), number);
    copied += rows.length;
    onProgress?.(rows.length);
  }
  if (isNumbered) numbers.set(table, given);
  return copied;
}

function referred(table: string, row: Row, numbers: Copying['numbers']): Row {
  if (table === 'audit') return { ...row, subject: renumbered(String(row['subject']), numbers) };
  if (table === 'notices') return { ...row, key: renumbered(String(row['key']), numbers) };
  const references = Object.entries(REFERENCES[table] ?? {});
  if (references.length === 0) return row;
  return {
    ...row,
    ...Object.fromEntries(
      references.map(([column, other]) => [column, numbers.get(other)?.get(Number(row[column])) ?? null]),
    ),
  };
}

/** Replaces the old id in the key of a notice or the subject of an action, such as `send 12`, by the new one. */
function renumbered(key: string, numbers: Copying['numbers']): string {
  return key.replace(/^(send|handoff|webhook) (\d+)$/u, (whole, kind: string, number: string) => {
    const given = numbers.get(`${kind}s`)?.get(Number(number));
    return given === undefined ? whole : `${kind} ${given}`;
  });
}

interface Insert {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** The key column to return the new ids of. */
  readonly returning: string | null;
}

async function insert(
  client: pg.PoolClient,
  { table, columns, rows, returning }: Insert,
): Promise<readonly number[]> {
  const list = columns.map((column) => `"${column}"`).join(', ');
  const from = `select ${list} from jsonb_populate_recordset(null::${table}, $1::jsonb)`;
  const tail = returning === null ? '' : ` returning ${returning}`;
  const { rows: given } = await client.query<Record<string, number>>(
    `insert into ${table} (${list}) ${from}${tail}`,
    [JSON.stringify(rows.map((row) => clean(row, columns)))],
  );
  return returning === null ? [] : given.map((row) => row[returning] ?? 0);
}

/** PostgreSQL texts cannot contain the character 0. */
function clean(row: Row, columns: readonly string[]): Row {
  return Object.fromEntries(
    columns.map((column) => {
      const value = row[column] ?? null;
      return [column, typeof value === 'string' ? value.replaceAll('\u0000', '\uFFFD') : value];
    }),
  );
}
