import type pg from 'pg';
import type { Instant } from '../../domain/time.js';
import { type Query, type SqlRunner, Statement, type Work } from '../sql/sql-runner.js';
import { StoreError } from '../ports/store-error.js';
import { reached } from './lost-connection.js';
import type { PgStore } from './open.js';
import { TIME } from './shared-clock.js';
import { inTransaction, sharedReads, sharedTransactions } from './together.js';
import { type Translated, translate } from './translate.js';

/**
 * A lease on a workspace: its id and the fencing token of the worker that acquired it.
 * - free: no worker has acquired it, or its job was released: any worker may acquire it.
 * - held: a worker acquired it for a job; the workspace's row has its token, and its writes pass.
 * - lost: another worker acquired it since: the row has a higher token, and each transaction of the former
 *   holder fails as `fenced` before it changes anything.
 * A lease is never renewed; the next job acquires it again.
 */
export interface Lease {
  readonly workspace: number;
  /**
   * Fencing token of the lease; null for commands of the owner, whose writes pass regardless of the lease.
   */
  readonly fencingToken: number | null;
}

interface Prepared extends Translated {
  readonly name: string;
}

/**
 * One workspace of a shared database. A writing transaction starts by locking the row of its workspace: so
 * the transactions of a workspace are serialised, as on the embedded database, and a transaction of a former
 * lease holder is refused before it does anything.
 */
export function server(served: PgStore, lease: () => Lease): SqlRunner {
  const { pool, time } = served;
  let stored = 0;
  const write = <T>({ workspace, fencingToken }: Lease, work: Work<T>): Promise<T> =>
    inTransaction(
      pool,
      async (client) => {
        const mine = fencingToken === null ? '' : ` and epoch = ${fencingToken}`;
        const show = shown.get(client) === workspace ? '' : `${showing(workspace)};`;
        const held = `select ${TIME} as now from workspaces where id = ${workspace}${mine} for no key update`;
        // The setting lasts only if the transaction is committed.
        shown.delete(client);
        await time.measure(() => client.query(`begin; ${show} ${held}`), timeIn);
        return drive(client, work);
      },
      (client) => shown.set(client, workspace),
    );

  /** Runs beside transactions of other workspaces. Commands of the owner do not wait for others. */
  async function writeShared<T>(work: () => Work<T>): Promise<T> {
    const { workspace, fencingToken } = lease();
    const alone = (): Promise<T> => write({ workspace, fencingToken }, work());
    if (fencingToken === null) return alone();
    return (await sharedTransactions(served)({ workspace, fencingToken, work, alone })) as T;
  }

  return {
    prepare,
    transaction:
      (work, sharing = 'alone') =>
      async (...args) =>
        reached(() => {
          const how = typeof sharing === 'string' ? sharing : sharing(...args);
          if (how !== 'aside') stored += 1;
          return how === 'alone' ? write(lease(), work(...args)) : writeShared(() => work(...args));
        }),
    stored: () => stored,
    reads:
      (work, isShared = false) =>
      async (...args) =>
        reached(() => {
          const { workspace, fencingToken } = lease();
          const alone = () => read(pool, workspace, work(...args));
          // The owner does not wait for others.
          if (!isShared || fencingToken === null) return alone();
          const one = { workspace, work: () => work(...args), alone };
          return sharedReads(served)(one) as ReturnType<typeof alone>;
        }),
    scrub: noScrub,
  };
}

/** Runs without a transaction, whose begin and end would be a third of the database's work. */
async function read<T>(pool: pg.Pool, workspace: number, work: Work<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    if (shown.get(client) !== workspace) {
      shown.delete(client);
      await client.query(showing(workspace));
      shown.set(client, workspace);
    }
    return await drive(client, work);
  } catch (error) {
    broken = error as Error;
    throw error;
  } finally {
    // After an error the connection may be in any state, so it is removed from the pool.
    client.release(broken);
  }
}

/** PostgreSQL keeps overwritten rows until vacuum runs, and its log as long as backups need it. */
async function noScrub(): Promise<void> {
  return undefined;
}

/** The workspace to which each connection is limited. */
const shown = new WeakMap<pg.PoolClient, number>();

function showing(workspace: number): string {
  return `select set_config('autoresponder.workspace', '${workspace}', false)`;
}

/**
 * The time in the row of the workspace, from the last of several statements. Throws StoreError `fenced` if
 * there is no row.
 */
function timeIn(answer: unknown): Instant {
  const row = (answer as readonly pg.QueryResult<{ now: Instant }>[]).at(-1)?.rows[0];
  if (!row) throw fenced();
  return row.now;
}

function fenced(): StoreError {
  return new StoreError(
    'fenced',
    'another worker has acquired this workspace, and nothing was done; fix: try again',
  );
}

/** Statements are the same for all workspaces, and prepared once on each connection. */
const known = new Map<string, Prepared>();

function prepare<Mapped>(sql: string, map?: (row: never) => Mapped): Statement<Mapped> {
  const prepared = known.get(sql) ?? { ...translate(sql), name: `s${known.size}` };
  known.set(sql, prepared);
  return new Statement(prepared, map);
}

async function drive<T>(client: pg.PoolClient, work: Work<T>): Promise<T> {
  let step = work.next();
  while (step.done !== true) step = work.next(await rowsOf(client, step.value));
  return step.value;
}

async function rowsOf(client: pg.PoolClient, { statement, how, values }: Query): Promise<unknown> {
  const { name, text, bind } = statement as Prepared;
  const { rows, rowCount } = await client.query<Record<string, unknown>>({
    name,
    text,
    values: [...bind(values)],
  });
  switch (how) {
    case 'get':
      return rows[0];
    case 'all':
      return rows;
    case 'run':
      return { changes: rowCount ?? 0 };
  }
}
