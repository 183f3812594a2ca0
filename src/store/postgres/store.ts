import type pg from 'pg';
import { type Clock, DAY, type Instant, type Millis } from '../../domain/time.js';
import type { Reports } from '../ports/reports.js';
import { polls, type Pruned } from '../sql/polls.js';
import { reportsOver } from '../sql/reports.js';
import { lazyStoreOver, storeOver } from '../sql/store.js';
import type { Store } from '../ports/store.js';
import { reached } from './lost-connection.js';
import type { PgStore } from './open.js';
import { server, type Lease } from './server.js';
import { TIME } from './shared-clock.js';
import { oncePer, shared } from './together.js';

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
export async function isForgetfulDay(served: PgStore, workspace: number, now: Instant): Promise<boolean> {
  return reached(() => forgetful(served)({ workspace, now }));
}

interface Asked {
  readonly workspace: number;
  readonly now: Instant;
}

const forgetful = oncePer(({ pool }) => {
  const ask = async (all: readonly Asked[], { name, text }: typeof FORGETS) => {
    const now = Math.max(...all.map((each) => each.now));
    const values = [all.map(({ workspace }) => workspace), now, now - DAY];
    const { rows } = await pool.query<{ id: number; isDue: boolean | null }>({ name, text, values });
    return new Map(rows.map(({ id, isDue }) => [id, isDue === true]));
  };
  return shared<Asked, boolean>(HOUSEKEEPING, {
    together: (all) => ask(all, FORGETS_FREE),
    alone: async (one) => (await ask([one], FORGETS)).get(one.workspace) === true,
  });
});

const forgets = (locked: string): string => `
with mine as (
  select id, forgotten_at from autoresponder.workspaces where id = any($1::int[]) order by id for no key update ${locked})
, changed as (
  update autoresponder.workspaces w set forgotten_at = $2 from mine
  where w.id = mine.id and (mine.forgotten_at is null or mine.forgotten_at <= $3) returning w.id)
select mine.id, mine.forgotten_at is not null and changed.id is not null as "isDue"
from mine left join changed on changed.id = mine.id`;

const FORGETS = { name: 'forgets', text: forgets('') };
const FORGETS_FREE = { name: 'forgets_free', text: forgets('skip locked') };

/** True if this worker still holds the lease: no other worker has acquired it since. */
export async function holdsLease(served: PgStore, { workspace, fencingToken }: Lease): Promise<boolean> {
  return (await reached(() => tokens(served)({ workspace }))) === fencingToken;
}

const tokens = oncePer(({ pool }) => {
  const together = async (all: readonly { readonly workspace: number }[]) => {
    const { rows } = await pool.query<{ id: number; token: number }>({
      ...TOKENS,
      values: [all.map(({ workspace }) => workspace)],
    });
    return new Map(rows.map(({ id, token }) => [id, token]));
  };
  return shared<{ readonly workspace: number }, number | undefined>(SAME_TIME, {
    together,
    alone: async (one) => (await together([one])).get(one.workspace),
  });
});

/** The jobs of a worker are locked together, and begin and end their cycles together. */
const SAME_TIME: Millis = 1;
/** Nobody waits for housekeeping. */
const HOUSEKEEPING: Millis = 20;

/** Named, since each cycle runs it: the database plans it once on each connection. */
const TOKENS = {
  name: 'fencing_tokens',
  text: 'select id, epoch as token from autoresponder.workspaces where id = any($1::int[])',
};

/** Acquires the lease and bumps the fencing token: writes with an older token fail from now on. */
export async function acquireLease(served: PgStore, workspace: number, owner: string): Promise<Lease> {
  return { workspace, fencingToken: await reached(() => leases(served)({ workspace, owner })) };
}

/** Acquires leases together, except those whose row another transaction locks: they wait for it alone. */
const leases = oncePer(({ pool, time }) => {
  const acquire = async (
    all: readonly { readonly workspace: number; readonly owner: string }[],
    statement: pg.QueryConfig,
  ) => {
    const values = [all.map(({ workspace }) => workspace), all.map(({ owner }) => owner)];
    const { rows } = await time.measure(
      () => pool.query<{ id: number; token: number; now: Instant }>({ ...statement, values }),
      (answer) => answer.rows[0]?.now ?? time.now(),
    );
    return new Map(rows.map(({ id, token }) => [id, token]));
  };
  return shared<{ readonly workspace: number; readonly owner: string }, number>(SAME_TIME, {
    together: (all) => acquire(all, ACQUIRE_FREE),
    alone: async (one) => (await acquire([one], ACQUIRE)).get(one.workspace) ?? 0,
  });
});

const acquiring = (locked: string): string => `
update autoresponder.workspaces w set epoch = w.epoch + 1, owner = mine.owner, taken_at = ${TIME}
from unnest($1::int[], $2::text[]) as mine (id, owner)
where w.id = mine.id ${locked} returning w.id, w.epoch as token, taken_at as now`;

const ACQUIRE = { name: 'acquire_lease', text: acquiring('') };
const ACQUIRE_FREE = {
  name: 'acquire_leases',
  text: acquiring(`and w.id in (
  select id from autoresponder.workspaces where id = any($1::int[]) order by id for no key update skip locked)`),
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
    const fresh = lazyStoreOver(db, clock);
    made = new WeakRef(fresh);
    const latest = latestOf(served);
    latest.push(fresh);
    if (latest.length > LATEST_KEPT) latest.shift();
    return fresh;
  };
  return new Proxy(kept as Store, {
    get: (_, name) => Reflect.get(name in kept ? kept : rest(), name) as unknown,
  });
}

/**
 * The parts that were created last. A cycle that waits for the API or the database refers to none of its own, so they
 * would be collected, and created again for its next step.
 */
const latestOf = oncePer((): object[] => []);
/** More than the cycles that a worker runs at a time. */
const LATEST_KEPT = 500;

/** The dashboard's queries of one workspace. */
export function postgresReports(served: PgStore, workspace: number): Reports {
  return {
    ...reportsOver(server(served, () => ({ workspace, fencingToken: null }))),
    close: async () => undefined,
  };
}
