import type pg from 'pg';
import type { PgStore } from './open.js';

/** Advisory lock of transactions on several workspaces, an arbitrary number: they run one after the other. */
const LOCK = 7_345_210_666;

/** Runs a transaction on the database as a whole. Only one such transaction runs at a time. */
export async function alone<T>({ admin }: PgStore, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await admin.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
    const value = await work(client);
    await client.query('commit');
    client.release();
    return value;
  } catch (error) {
    client.release(error instanceof Error ? error : true);
    throw error;
  }
}
