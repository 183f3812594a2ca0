import { type Clock, DAY, type Instant } from '../../domain/time.js';
import type { Reports } from '../ports/reports.js';
import { polls, type Pruned } from '../sql/polls.js';
import { reportsOver } from '../sql/reports.js';
import { storeOver } from '../sql/store.js';
import type { Store } from '../ports/store.js';
import { reached } from './lost-connection.js';
import type { PgStore } from './open.js';
import { server, type Lease } from './server.js';
import { TIME } from './shared-clock.js';

/** The id of a workspace; null if no workspace has that name. */
export async function findWorkspace({ pool }: PgStore, name: string): Promise<number | null> {
  const { rows } = await pool.query<{ id: number }>(
    'select id from autoresponder.workspaces where name = $1',
    [name],
  );
  return rows[0]?.id ?? null;
}

/** The id of a workspace, created if necessary. */
export async function workspaceOf(served: PgStore, name: string): Promise<number> {
  await served.pool.query('insert into autoresponder.workspaces (name) values ($1) on conflict do nothing', [
    name,
  ]);
  return (await findWorkspace(served, name)) ?? 0;
}

/**
 * True if old texts are due for deletion: once a day, for the first worker that queries; the first time a day
 * after the first cycle.
 */
export async function isForgetfulDay({ pool }: PgStore, workspace: number, now: Instant): Promise<boolean> {
  const { rows } = await reached(() => pool.query<{ isDue: boolean }>(FORGETS, [workspace, now, now - DAY]));
  return rows[0]?.isDue === true;
}

const FORGETS = `
update autoresponder.workspaces set forgotten_at = $2 where id = $1 and (forgotten_at is null or forgotten_at <= $3)
returning (select o.forgotten_at is not null from autoresponder.workspaces o where o.id = $1) as "isDue"`;

/** True if this worker still holds the lease: no other worker has acquired it since. */
export async function holdsLease({ pool }: PgStore, { workspace, fencingToken }: Lease): Promise<boolean> {
  const { rows } = await reached(() => pool.query({ ...HOLDS, values: [workspace, fencingToken] }));
  return rows.length === 1;
}

/** Named, since each cycle runs it: the database plans it once on each connection. */
const HOLDS = {
  name: 'holds_lease',
  text: 'select 1 from autoresponder.workspaces where id = $1 and epoch = $2',
};

/** Acquires the lease and bumps the fencing token: writes with an older token fail from now on. */
export async function acquireLease(
  { pool, time }: PgStore,
  workspace: number,
  owner: string,
): Promise<Lease> {
  const { rows } = await time.measure(
    () =>
      reached(() =>
        pool.query<{ epoch: number; taken_at: Instant }>({ ...ACQUIRE, values: [workspace, owner] }),
      ),
    (answer) => answer.rows[0]?.taken_at ?? time.now(),
  );
  return { workspace, fencingToken: rows[0]?.epoch ?? 0 };
}

const ACQUIRE = {
  name: 'acquire_lease',
  text: `
update autoresponder.workspaces set epoch = epoch + 1, owner = $2, taken_at = ${TIME} where id = $1
returning epoch, taken_at`,
};

/** The store of one workspace. Closing it keeps the connections, which are shared. */
export function postgresStore(served: PgStore, lease: Lease | (() => Lease), clock: Clock): Store {
  const current = typeof lease === 'function' ? lease : () => lease;
  // Other processes may write, so reply sums are not cached.
  return { ...storeOver(server(served, current), clock, 0), close: async () => undefined };
}

/**
 * Like `postgresStore`, for one of thousands of workspaces, most of which are quiet: everything that a poll
 * without news does not need is created on demand, and kept only while it is referenced.
 */
export function leanStore(served: PgStore, lease: () => Lease, clock: Clock, pruned?: Pruned): Store {
  const db = server(served, lease);
  const kept: Partial<Store> = { ...polls(db, pruned), close: async () => undefined };
  let made: WeakRef<object> | null = null;
  const rest = (): object => {
    const before = made?.deref();
    if (before) return before;
    const fresh = storeOver(db, clock, 0);
    made = new WeakRef(fresh);
    return fresh;
  };
  return new Proxy(kept as Store, {
    get: (_, name) => Reflect.get(name in kept ? kept : rest(), name) as unknown,
  });
}

/** The dashboard's queries of one workspace. */
export function postgresReports(served: PgStore, workspace: number): Reports {
  return {
    ...reportsOver(server(served, () => ({ workspace, fencingToken: null }))),
    close: async () => undefined,
  };
}
