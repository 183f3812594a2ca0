import type pg from 'pg';
import type { Customer } from '../../domain/customer.js';
import { type Millis, SECOND } from '../../domain/time.js';
import { kinshipOf, otherCustomer, otherKey, refuseOther, toFingerprint } from '../sql/customer.js';
import type { StoreError } from '../ports/store-error.js';
import { alone } from './alone.js';
import type { PgStore } from './open.js';

export interface ClaimOptions {
  /** Customers, keyed by the name of their workspace. */
  readonly customers: ReadonlyMap<string, Customer>;
  /** The worker that will serve the workspaces; null for a program that runs once. */
  readonly worker: string | null;
  /** A worker without a heartbeat for this long is dead. */
  readonly timeout: Millis;
}

export interface Claimed {
  /** Ids of the workspaces by name, created if necessary. */
  readonly ids: ReadonlyMap<string, number>;
  /** Workspaces that belong to another customer, with the reason. They must not be served. */
  readonly refused: ReadonlyMap<string, StoreError>;
}

/** Stores the customer of each workspace, and that the worker serves them. */
export async function claimWorkspaces(served: PgStore, options: ClaimOptions): Promise<Claimed> {
  const { customers, worker, timeout } = options;
  return alone(served, async (client) => {
    const found = await rowsOf(client, [...customers.keys()]);
    const running = await servedIds(client, timeout);
    const ids = new Map<string, number>();
    const refused = new Map<string, StoreError>();
    const changed = new Map<number, string>();
    for (const { id, name, customer: kept } of found) {
      const customer = customers.get(name);
      if (customer === undefined) continue;
      const kinship = kept === null ? null : kinshipOf(kept, customer);
      if (kept !== null && kinship === 'other') refused.set(name, otherCustomer(kept, customer, name));
      else if (kinship === 'key' && running.has(id)) refused.set(name, otherKey(name));
      else ids.set(name, id);
      if (ids.has(name) && kinship !== 'same') changed.set(id, toFingerprint(customer));
    }
    await client.query(KEEP, [[...changed.keys()], [...changed.values()]]);
    if (worker !== null) await client.query(SERVE, [worker, [...ids.values()]]);
    return { ids, refused };
  });
}

/** Throws StoreError `other_customer` if the workspace belongs to another customer. Changes nothing. */
export async function checkWorkspace(
  { admin }: PgStore,
  workspace: string,
  customer: Customer,
): Promise<void> {
  const { rows } = await admin.query<Pick<Row, 'customer'>>(
    'select customer from autoresponder.workspaces where name = $1',
    [workspace],
  );
  refuseOther(rows[0]?.customer ?? null, customer, workspace);
}

/**
 * Assigns the workspace to the customer, even if it belonged to another one. Returns true if a running worker
 * serves it.
 */
export async function adoptWorkspace(
  served: PgStore,
  workspace: string,
  customer: Customer,
  timeout: Millis,
): Promise<boolean> {
  return alone(served, async (client) => {
    const [row] = await rowsOf(client, [workspace]);
    const id = row?.id ?? 0;
    await client.query(KEEP, [[id], [toFingerprint(customer)]]);
    return (await servedIds(client, timeout)).has(id);
  });
}

interface Row {
  readonly id: number;
  readonly name: string;
  readonly customer: string | null;
}

async function rowsOf(client: pg.PoolClient, names: readonly string[]): Promise<readonly Row[]> {
  await client.query(
    'insert into autoresponder.workspaces (name) select unnest($1::text[]) on conflict do nothing',
    [names],
  );
  const { rows } = await client.query<Row>(
    'select id, name, customer from autoresponder.workspaces where name = any($1)',
    [names],
  );
  return rows;
}

/** Workspaces that running workers serve. */
async function servedIds(client: pg.PoolClient, timeout: Millis): Promise<ReadonlySet<number>> {
  const { rows } = await client.query<{ id: number }>(
    `select distinct unnest(workspaces) as id from autoresponder.workers
     where seen_at > now() - make_interval(secs => $1)`,
    [timeout / SECOND],
  );
  return new Set(rows.map(({ id }) => id));
}

const KEEP = `
update autoresponder.workspaces w set customer = c.customer
from unnest($1::integer[], $2::text[]) as c (id, customer) where w.id = c.id`;

const SERVE = `
insert into autoresponder.workers (id, workspaces, seen_at) values ($1, $2, now())
on conflict (id) do update set workspaces = excluded.workspaces`;
