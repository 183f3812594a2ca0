import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { Instant, Millis } from '../../domain/time.js';
import type { Query, Work } from '../sql/sql-runner.js';
import { createBatch } from './batch.js';
import { isLostConnection } from './lost-connection.js';
import type { PgStore } from './open.js';
import { TIME } from './shared-clock.js';
import type { Translated } from './translate.js';

/** One request of a workspace. */
interface OfWorkspace {
  readonly workspace: number;
}

interface Ways<T, R> {
  /** Processes requests of different workspaces. Returns results by workspace, not necessarily for each of them. */
  readonly together: (all: readonly T[]) => Promise<ReadonlyMap<number, R>>;
  /** Processes one request, and waits for locks. */
  readonly alone: (one: T) => Promise<R>;
}

/** Number of batches of one workspace in a row after which requests no longer wait for those of others. */
const LONE_MOST = 3;

/**
 * Processes requests of different workspaces together that come within `wait` milliseconds, or at the same moment if one
 * workspace is busy alone. A request without a result is repeated alone, and so is each request of a batch that failed,
 * unless the connection was lost.
 */
export function shared<T extends OfWorkspace, R>(wait: Millis, ways: Ways<T, R>): (one: T) => Promise<R> {
  interface Waiting {
    readonly one: T;
    result?: { readonly value: R };
  }
  let lone = 0;
  const isLone = (): boolean => lone >= LONE_MOST;
  const gather = createBatch<Waiting>(
    () => (isLone() ? 0 : wait),
    async (all) => {
      lone = all.every(({ one }) => one.workspace === all[0]?.one.workspace) ? lone + 1 : 0;
      // Requests of one workspace run one after the other.
      for (let left = all; left.length > 0;) {
        const round = new Map<number, Waiting>();
        for (const each of left) if (!round.has(each.one.workspace)) round.set(each.one.workspace, each);
        if (round.size === 1) return;
        left = left.filter((each) => round.get(each.one.workspace) !== each);
        const results = await ways.together([...round.values()].map(({ one }) => one));
        for (const [workspace, value] of results) {
          const each = round.get(workspace);
          if (each) each.result = { value };
        }
      }
    },
  );
  return async (one) => {
    const mine: Waiting = { one };
    await gather(mine).catch((error: unknown) => {
      if (!mine.result && isLostConnection(error)) throw error;
    });
    return mine.result ? mine.result.value : ways.alone(one);
  };
}

/** Creates a value once per database connection pool. */
export function oncePer<V>(create: (served: PgStore) => V): (served: PgStore) => V {
  const created = new WeakMap<PgStore, V>();
  return (served) => {
    const value = created.get(served) ?? create(served);
    created.set(served, value);
    return value;
  };
}

/** Statements of a workspace. */
export interface SharedWork extends OfWorkspace {
  /** Creates the statements anew: a failed batch is repeated. */
  readonly work: () => Work<unknown>;
  readonly alone: () => Promise<unknown>;
}

/** A transaction of a workspace by the holder of its lease. */
export interface LeasedWork extends SharedWork {
  readonly fencingToken: number;
}

/** Poll cycles are seconds apart and read lists in between, so this delays none of them noticeably. */
const GATHER_FOR: Millis = 10;

/**
 * Runs transactions of several workspaces as one transaction of the database. It includes the workspaces whose lease is
 * still held and whose row no other transaction locks, so it waits for no lock and cannot deadlock.
 */
export const sharedTransactions = oncePer((served) => {
  const { pool, time } = served;
  return shared<LeasedWork, unknown>(GATHER_FOR, {
    together: (all) =>
      inTransaction(pool, async (client) => {
        await client.query('begin');
        const leases = [all.map(({ workspace }) => workspace), all.map(({ fencingToken }) => fencingToken)];
        const { rows } = await time.measure(
          () => client.query<{ id: number; now: Instant }>({ ...LOCK, values: leases }),
          (answer) => answer.rows[0]?.now ?? time.now(),
        );
        const locked = new Set(rows.map(({ id }) => id));
        return driveAll(
          all.filter(({ workspace }) => locked.has(workspace)),
          (query, group) => rowsOfAll(served, client, query, group),
        );
      }),
    alone: ({ alone }) => alone(),
  });
});

/** Runs reads of several workspaces over one connection, without a transaction. */
export const sharedReads = oncePer((served) =>
  shared<SharedWork, unknown>(GATHER_FOR, {
    together: async (all) => {
      const client = await served.pool.connect();
      let broken: Error | undefined;
      try {
        return await driveAll(all, (query, group) => rowsOfAll(served, client, query, group));
      } catch (error) {
        broken = error as Error;
        throw error;
      } finally {
        client.release(broken);
      }
    },
    alone: ({ alone }) => alone(),
  }),
);

const LOCK = {
  name: 'lock_workspaces',
  text: `
select w.id, ${TIME} as now from workspaces w
join unnest($1::int[], $2::bigint[]) as lease (id, token) on w.id = lease.id and w.epoch = lease.token
order by w.id for no key update of w skip locked`,
};

/** Runs `work`, which begins a transaction, and commits; after an error it rolls back. */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
  onCommit?: (client: pg.PoolClient) => void,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    const value = await work(client);
    await client.query('commit');
    onCommit?.(client);
    return value;
  } catch (error) {
    await client.query('rollback').catch((lost: unknown) => (broken = lost as Error));
    throw error;
  } finally {
    client.release(broken);
  }
}

interface OwnQuery extends OfWorkspace {
  readonly values: readonly unknown[];
}

type RowsOf = (query: Query, all: readonly OwnQuery[]) => Promise<ReadonlyMap<number, unknown>>;

/** Runs the works side by side: all that wait for the same statement run it together. Returns their results by workspace. */
async function driveAll(all: readonly SharedWork[], rowsOf: RowsOf): Promise<ReadonlyMap<number, unknown>> {
  const results = new Map<number, unknown>();
  const works = new Map(all.map(({ workspace, work }) => [workspace, work()]));
  const waiting = new Map<unknown, { readonly query: Query; readonly all: OwnQuery[] }>();
  const resume = (workspace: number, rows?: unknown): void => {
    const step = works.get(workspace)?.next(rows);
    if (step?.done !== false) {
      results.set(workspace, step?.value);
      return;
    }
    const query = step.value;
    const same = waiting.get(query.statement) ?? { query, all: [] };
    same.all.push({ workspace, values: query.values });
    waiting.set(query.statement, same);
  };
  for (const workspace of works.keys()) resume(workspace);
  for (const [statement, same] of waiting) {
    waiting.delete(statement);
    for (const [workspace, rows] of await rowsOf(same.query, same.all)) resume(workspace, rows);
  }
  return results;
}

/** Runs a statement for several workspaces. Returns what a driver returns for each. */
async function rowsOfAll(
  served: PgStore,
  client: pg.PoolClient,
  { statement, how }: Query,
  all: readonly OwnQuery[],
): Promise<ReadonlyMap<number, unknown>> {
  const { text, bind } = statement as Translated;
  const bound = all.map(({ values }) => bind(values));
  const name = await functionsOf(served)(text, how);
  const columns = (bound[0] ?? []).map((_, n) => bound.map((values) => values[n]));
  const { rows } = await client.query<{ _of: number; _found: unknown }>({
    name,
    text: `select * from ${name}($1${columns.map((_, n) => `, $${n + 2}`).join('')})`,
    values: [all.map(({ workspace }) => workspace), ...columns],
  });
  // A driver returns no row as undefined.
  return new Map(rows.map(({ _of, _found }) => [_of, _found ?? undefined]));
}

/**
 * Functions of the database that run one statement for several workspaces, one after the other: row security shows one
 * workspace at a time. Their plans are kept per connection. A function is named by its text, so that workers of different
 * releases do not replace each other's.
 */
const functionsOf = oncePer(({ admin }) => {
  const all: Readonly<Record<Query['how'], Map<string, Promise<string>>>> = {
    get: new Map(),
    all: new Map(),
    run: new Map(),
  };
  const create = async (text: string, how: Query['how']): Promise<string> => {
    const sql = functionOf(text, await parametersOf(admin, text), how);
    const name = `autoresponder.each_${createHash('sha256').update(sql).digest('hex').slice(0, 16)}`;
    const { rows } = await admin.query<{ found: string | null }>('select to_regproc($1) as found', [name]);
    if (rows[0]?.found === null) await admin.query(`create or replace function ${name} ${sql}`);
    return name;
  };
  return (text: string, how: Query['how']): Promise<string> => {
    const names = all[how];
    const name = names.get(text) ?? create(text, how);
    names.set(text, name);
    name.catch(() => names.delete(text));
    return name;
  };
});

/** The types that the database infers for the parameters of a statement. */
async function parametersOf(admin: pg.Pool, text: string): Promise<readonly string[]> {
  const client = await admin.connect();
  let broken: Error | undefined;
  try {
    await client.query(`begin; set local search_path = autoresponder; prepare each_statement as ${text}`);
    const { rows } = await client.query<{ types: string[] }>(
      `select array(select format_type(oid, null) from unnest(parameter_types) as t (oid)) as types
       from pg_prepared_statements where name = 'each_statement'`,
    );
    return rows[0]?.types ?? [];
  } catch (error) {
    broken = error as Error;
    throw error;
  } finally {
    // A prepared statement outlives its transaction. Others of the connection are kept: their users know them by name.
    if (!broken)
      await client
        .query('rollback; deallocate each_statement')
        .catch((lost: unknown) => (broken = lost as Error));
    client.release(broken);
  }
}

/** SQL of a function. Its parameters are arrays, one for the workspaces and one for each parameter of the statement. */
function functionOf(text: string, types: readonly string[], how: Query['how']): string {
  const numbers = types.map((_, n) => n + 1);
  const each = text.replaceAll(/\$(\d+)/gu, '_$1');
  const found = {
    get: `return query with _q as (${each}) select _id, (select to_json(_q) from _q limit 1);`,
    all: `return query with _q as (${each}) select _id, coalesce((select json_agg(_q) from _q), '[]');`,
    run: `${each}; get diagnostics _n = row_count; return query select _id, json_build_object('changes', _n);`,
  }[how];
  return `(_ids int[]${numbers.map((n) => `, _all_${n} ${types[n - 1]}[]`).join('')})
returns table (_of int, _found json) language plpgsql set plan_cache_mode = force_generic_plan as $body$
#variable_conflict use_column
declare _id int; ${numbers.map((n) => `_${n} ${types[n - 1]}; `).join('')}_n bigint;
begin
  for _id${numbers.map((n) => `, _${n}`).join('')} in select * from unnest(_ids${numbers.map((n) => `, _all_${n}`).join('')}) loop
    perform set_config('autoresponder.workspace', cast(_id as text), true);
    ${found}
  end loop;
end $body$`;
}
