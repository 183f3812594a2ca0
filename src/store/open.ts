import type { Config } from '../domain/config.js';
import type { Customer } from '../domain/customer.js';
import type { Clock } from '../domain/time.js';
import { realPath } from './sqlite/real-path.js';
import { StoreError } from './ports/store-error.js';
import type { Store } from './ports/store.js';

// The libraries of the two databases are loaded on demand: most programs need only one.

/**
 * The store of a workspace, opened beside a running program: for readers, and for commands of the owner. Only
 * one process may write an embedded store, so `write` throws StoreError `locked` while a program runs. Throws
 * StoreError; `other_customer` if the store belongs to another customer than `customer`.
 */
export async function openStore(
  { store, workspace }: Pick<Config, 'store' | 'workspace'>,
  access: 'read' | 'write',
  clock: Clock,
  customer?: Customer,
): Promise<Store> {
  if (store.kind === 'sqlite') {
    const { openSqlite, openSqliteOf, readSqlite } = await import('./sqlite/store.js');
    if (access === 'read') return readSqlite(store.path, clock);
    return customer ? openSqliteOf(store.path, clock, customer) : openSqlite(store.path, clock);
  }
  const { openPostgres } = await import('./postgres/open.js');
  const { findWorkspace, postgresStore } = await import('./postgres/store.js');
  const { checkWorkspace } = await import('./postgres/customers.js');
  const served = await openPostgres(store.url, { connections: 2 });
  try {
    const id = await findWorkspace(served, workspace);
    if (id === null) throw noWorkspace(workspace);
    if (customer) await checkWorkspace(served, workspace, customer);
    return {
      ...postgresStore(served, { workspace: id, fencingToken: null }, served.time.now),
      close: () => served.close(),
    };
  } catch (error) {
    await served.close();
    throw error;
  }
}

function noWorkspace(workspace: string): StoreError {
  return new StoreError(
    'missing',
    `the store has no workspace "${workspace}" yet; fix: start \`autoresponder run\`, which creates it`,
  );
}

/** Throws StoreError `other_customer` if a running program's embedded store belongs to another customer. */
export async function checkCustomer(path: string, customer: Customer): Promise<void> {
  const { checkStore } = await import('./sqlite/customer.js');
  checkStore(path, customer);
}

/** Path of the store whose program accepts commands through a socket; null if the store is shared. */
export function controlPath({ store }: Pick<Config, 'store'>): string | null {
  return store.kind === 'sqlite' ? realPath(store.path) : null;
}

/** Location of the store, safe to display. */
export function whereIs({ store }: Pick<Config, 'store'>): string {
  if (store.kind === 'sqlite') return store.path;
  const url = new URL(store.url);
  return `postgres://${url.host}${url.pathname}`;
}
