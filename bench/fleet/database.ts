// PostgreSQL for a benchmark: a server that also ends on Ctrl-C, and the statements that it ran.
import pg from 'pg';
import type { TestServer } from '../../test/postgres/server.js';
import type { Session } from '../suite/session.js';

/** Settings of a server whose statements are counted. Autovacuum would work in one build's minute and not in the other's. */
export const COUNTING = [
  'shared_preload_libraries=pg_stat_statements',
  'pg_stat_statements.track_planning=on',
  'autovacuum=off',
];

/** Runs work with a server, which ends with it. */
export async function withPostgres<T>(
  session: Session,
  start: () => Promise<TestServer>,
  work: (server: TestServer) => Promise<T>,
): Promise<T> {
  const server = await start();
  const forget = session.onInterrupt(() => server.stop());
  try {
    return await work(server);
  } finally {
    forget();
    await server.stop();
  }
}

export interface Statements {
  /** Statements that clients sent, `begin` and `commit` included. */
  readonly calls: number;
  /** Time to plan and to run them, in milliseconds. */
  readonly time: number;
}

/** Runs work with a reader of the statements of a database, whose server has the settings of COUNTING. */
export async function withStatements<T>(
  server: TestServer,
  url: string,
  work: (read: () => Promise<Statements>) => Promise<T>,
): Promise<T> {
  // A database of its own: only the statements of the other one are counted.
  const client = new pg.Client({ connectionString: await server.database() });
  await client.connect();
  try {
    await client.query('create extension pg_stat_statements');
    return await work(async () => {
      const { rows } = await client.query<Statements>(
        `select sum(calls)::float8 as calls, sum(total_plan_time + total_exec_time) as time
        from pg_stat_statements where dbid = (select oid from pg_database where datname = $1)`,
        [new URL(url).pathname.slice(1)],
      );
      const [row] = rows;
      if (!row) throw new Error('pg_stat_statements counted nothing');
      return row;
    });
  } finally {
    await client.end();
  }
}
