import { type Millis, SECOND } from '../../domain/time.js';
import { StoreError } from '../ports/store-error.js';
import type { PgStore } from './open.js';

export interface RemoveOptions {
  /** True to delete nothing, and only count. */
  readonly isDry: boolean;
  /** A worker without a heartbeat for this long is dead. */
  readonly timeout: Millis;
}

/**
 * Deletes a workspace with all its rows, in one transaction. Returns the number of rows by table. Throws StoreError
 * `missing` for an unknown name, and `locked` while a running worker serves the workspace.
 */
export async function removeWorkspace(
  { admin, as }: PgStore,
  name: string,
  { isDry, timeout }: RemoveOptions,
): Promise<ReadonlyMap<string, number>> {
  const client = await admin.connect();
  const counted = new Map<string, number>();
  try {
    await client.query(`begin; ${as}; set local statement_timeout = 0`);
    const { rows } = await client.query<{ id: number }>(
      'select id from workspaces where name = $1 for update',
      [name],
    );
    const id = rows[0]?.id;
    if (id === undefined)
      throw new StoreError(
        'missing',
        `the store has no workspace "${name}"; fix: see \`autoresponder status\``,
      );
    const { rowCount: served } = await client.query(SERVED, [id, timeout / SECOND]);
    if (served !== 0) {
      const fix = 'take it out of the configuration of the workers, and restart them';
      throw new StoreError('refused', `a running worker serves the workspace "${name}"; fix: ${fix}`);
    }
    await client.query("select set_config('autoresponder.workspace', $1, true)", [String(id)]);
    const { rows: tables } = await client.query<{ name: string }>(TABLES_OF_WORKSPACES);
    let left = tables.map((table) => table.name);
    while (left.length > 0) {
      const held: string[] = [];
      for (const table of left) {
        await client.query('savepoint before');
        try {
          const { rowCount } = await client.query(`delete from ${table} where workspace_id = $1`, [id]);
          if (rowCount) counted.set(table, rowCount);
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
    await client.query(isDry ? 'rollback' : 'commit');
    return counted;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

/** Code of PostgreSQL for a row that another one refers to. */
const FOREIGN_KEY = '23503';

const SERVED = `
select 1 from workers where $1 = any (workspaces) and seen_at > now() - make_interval(secs => $2) limit 1`;

const TABLES_OF_WORKSPACES = `
select table_name as name from information_schema.columns
where table_schema = 'autoresponder' and column_name = 'workspace_id' order by 1`;
