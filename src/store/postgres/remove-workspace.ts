import type { PoolClient } from 'pg';
import { type Millis, SECOND } from '../../domain/time.js';
import { StoreError } from '../ports/store-error.js';
import type { PgStore } from './open.js';

export interface RemoveOptions {
  /** True to delete nothing, and only count. */
  readonly isDry: boolean;
  /** A worker without a heartbeat for this long is dead. */
  readonly timeout: Millis;
}

export interface Removal {
  /** Number of rows by table. */
  readonly rows: ReadonlyMap<string, number>;
  /** True if a running worker serves the workspace, which then is only counted. */
  readonly isServed: boolean;
}

/**
 * Deletes a workspace with all its rows, in one transaction. Throws StoreError `missing` for an unknown name, and
 * `refused` while a running worker serves the workspace, unless it only counts.
 */
export async function removeWorkspace(
  { admin, as }: PgStore,
  name: string,
  { isDry, timeout }: RemoveOptions,
): Promise<Removal> {
  const client = await admin.connect();
  try {
    await client.query(`begin; ${as}; set local statement_timeout = 0`);
    // Without a lock to count, since it would stop a worker that serves the workspace.
    const found = `select id from workspaces where name = $1 ${isDry ? '' : 'for update'}`;
    const id = (await client.query<{ id: number }>(found, [name])).rows[0]?.id;
    if (id === undefined)
      throw new StoreError(
        'missing',
        `the store has no workspace "${name}"; fix: see \`autoresponder status\``,
      );
    const isServed = (await client.query(SERVED, [id, timeout / SECOND])).rowCount !== 0;
    if (isServed && !isDry)
      throw new StoreError('refused', `a running worker serves the workspace "${name}"; fix: ${TAKE_OUT}`);
    await client.query("select set_config('autoresponder.workspace', $1, true)", [String(id)]);
    const { rows: tables } = await client.query<{ name: string }>(TABLES_OF_WORKSPACES);
    const rows = new Map<string, number>();
    for (const table of tables) {
      const counted = `select count(*) as n from ${table.name} where workspace_id = $1`;
      const n = (await client.query<{ n: number }>(counted, [id])).rows[0]?.n ?? 0;
      if (n > 0) rows.set(table.name, n);
    }
    if (!isDry) await deleteFrom(client, [...rows.keys()], id);
    await client.query('commit');
    return { rows, isServed };
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

async function deleteFrom(client: PoolClient, tables: readonly string[], id: number): Promise<void> {
  let left = tables;
  while (left.length > 0) {
    const held: string[] = [];
    for (const table of left) {
      await client.query('savepoint before');
      try {
        await client.query(`delete from ${table} where workspace_id = $1`, [id]);
      } catch (error) {
        // Rows of another table still refer to these.
        if ((error as { readonly code?: string }).code !== FOREIGN_KEY) throw error;
        await client.query('rollback to savepoint before');
        held.push(table);
      }
    }
    if (held.length === left.length) throw new Error(`the rows of ${held.join(', ')} refer to each other`);
    left = held;
  }
  await client.query('delete from workspaces where id = $1', [id]);
}

/** Workers stop serving a workspace when they reload a configuration without it. */
export const TAKE_OUT =
  'take it out of the configuration of all workers, and try again some seconds later, when they have reloaded it';

/** Code of PostgreSQL for a row that another one refers to. */
const FOREIGN_KEY = '23503';

const SERVED = `
select 1 from workers where $1 = any (workspaces) and seen_at > now() - make_interval(secs => $2) limit 1`;

const TABLES_OF_WORKSPACES = `
select table_name as name from information_schema.columns
where table_schema = 'autoresponder' and column_name = 'workspace_id' order by 1`;
