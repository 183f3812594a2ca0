import pg from 'pg';
import { type Clock, type Instant, MINUTE, SECOND } from '../../domain/time.js';
import { StoreError } from '../ports/store-error.js';
import { isLostConnection } from './lost-connection.js';
import { MIGRATIONS } from './migrations/migrations.js';
import { createSharedClock, type SharedClock, TIME } from './shared-clock.js';

/** Connections to a database with the current schema. */
export interface PgStore {
  /** Connections that see one workspace at a time, and no rows until a workspace is set. */
  readonly pool: pg.Pool;
  /** Connections with the role in the database address, for work on the database as a whole. */
  readonly admin: pg.Pool;
  /** SQL at the start of each transaction that limits it to one workspace: see `roleFor`. */
  readonly as: string;
  /** The clock shared by all workers. */
  readonly time: SharedClock;
  close(): Promise<void>;
}

export interface PoolOptions {
  /** Maximum number of connections. @default 10 */
  readonly connections?: number;
  /** Clock of this machine. @default Date.now */
  readonly clock?: Clock;
}

/** The schema of all our tables. */
const SCHEMA = 'autoresponder';
/** Name of a role that is subject to row security; superusers assume it. */
const ROLE = 'autoresponder_workspace';
/** An arbitrary number: the advisory lock for migrations, so that several programs may start at once. */
const MIGRATION_LOCK = 7_345_210_664;

/**
 * Idle-in-transaction timeout: an idle transaction would block the workspace for others. A worker that is cut off leaves
 * several, each of which gets the lock only when the one before has ended; together they must end about when the worker
 * counts as dead.
 */
const IDLE_MOST = 3 * SECOND;
/** Statement timeout. */
const STATEMENT_MOST = MINUTE;

/**
 * Connects, and migrates the database to the current schema. Throws StoreError `away` if it cannot be reached, `unreadable` if
 * it refuses name, password or rights, `newer` if a later release migrated it.
 */
export async function openPostgres(
  url: string,
  { connections = 10, clock = Date.now }: PoolOptions = {},
): Promise<PgStore> {
  // This pool needs few connections; the queue keeps one of them to listen for new jobs.
  const admin = poolOf(url, connections + 1);
  try {
    await migrate(admin);
    const as = await roleFor(admin);
    const time = createSharedClock(clock);
    await time.measure(
      () => admin.query<{ now: Instant }>(`select ${TIME} as now`),
      ({ rows }) => rows[0]?.now ?? clock(),
    );
    const pool = poolOf(url, connections, as.replaceAll('set local', 'set'));
    return {
      pool,
      admin,
      as,
      time,
      close: async () => {
        await Promise.all([pool.end(), admin.end()]);
      },
    };
  } catch (error) {
    await admin.end();
    if (error instanceof StoreError) throw error;
    throw new StoreError(
      isLostConnection(error) || isUpgrading(error) ? 'away' : 'unreadable',
      `the store at ${withoutPassword(url)} cannot be opened: ${messageOf(error)}; fix: check that the database runs, and the address, name and password in \`store\``,
      { cause: error },
    );
  }
}

/** True after the statement timeout, which ends the wait for another worker that migrates. */
function isUpgrading(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '57014';
}

/** The timeouts are set by statements, because a connection pooler refuses or drops startup parameters. */
const LIMITED = `set idle_in_transaction_session_timeout = ${IDLE_MOST}; set statement_timeout = ${STATEMENT_MOST}`;

/** `first` is run on each new connection before it is used. */
function poolOf(url: string, max: number, first = ''): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: 10 * SECOND,
    keepAlive: true,
    application_name: 'autoresponder',
    types: numbersAsNumbers(),
    verify: tell(`${LIMITED}; ${first}`),
  });
  // An idle connection that breaks is ignored: a new one is made when needed.
  pool.on('error', () => undefined);
  // If a connection in use breaks, its current statement reports the error.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

function tell(first: string): NonNullable<pg.PoolConfig['verify']> {
  return (client, done) => {
    client.query(first).then(() => done(), done);
  };
}

/** The address without its password, for display. */
export function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return 'postgres://…';
  const shown = new URL(url);
  if (shown.password !== '') shown.password = '…';
  return decodeURI(shown.href);
}

/** Parses counts and times as numbers: none exceeds 2 to the power of 53. */
function numbersAsNumbers(): pg.TypeOverrides {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, Number);
  types.setTypeParser(pg.types.builtins.NUMERIC, Number);
  return types;
}

async function migrate(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await client.query(`create schema if not exists ${SCHEMA}; set local search_path = ${SCHEMA}`);
    await client.query('create table if not exists version (number integer not null)');
    const { rows } = await client.query<{ number: number }>('select number from version');
    const found = rows[0]?.number ?? 0;
    if (found > MIGRATIONS.length) {
      throw new StoreError(
        'newer',
        `the store was created by a newer release (its version is ${found}, this release supports ${MIGRATIONS.length}); fix: use that release`,
      );
    }
    for (const migration of MIGRATIONS.slice(found)) await client.query(migration);
    await client.query('delete from version');
    await client.query('insert into version values ($1)', [MIGRATIONS.length]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

/**
 * Row security applies to owners of tables (it is forced), but not to superusers. A superuser therefore
 * assumes another role in each transaction, created here if necessary.
 */
async function roleFor(pool: pg.Pool): Promise<string> {
  const path = `set local search_path = ${SCHEMA}`;
  const { rows } = await pool.query<{ passes: boolean }>(
    'select rolsuper or rolbypassrls as passes from pg_roles where rolname = current_user',
  );
  if (rows[0]?.passes !== true) return path;
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    const known = await client.query('select 1 from pg_roles where rolname = $1', [ROLE]);
    if (known.rowCount === 0) await client.query(`create role ${ROLE} nologin nosuperuser nobypassrls`);
    await client.query(
      `grant usage on schema ${SCHEMA} to ${ROLE};
       grant select, insert, update, delete on all tables in schema ${SCHEMA} to ${ROLE};
       grant usage on all sequences in schema ${SCHEMA} to ${ROLE}`,
    );
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
  return `${path}; set local role ${ROLE}`;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // An attempt at several addresses of one name has no message, but the code of the last.
  return error.message || ('code' in error ? String(error.code) : error.name);
}
