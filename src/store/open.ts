import type { Config } from '../domain/config.js';
import type { Clock } from '../domain/time.js';
import { realPath } from './sqlite/real-path.js';
import { StoreError } from './store-error.js';
import type { Store } from './store.js';

// The libraries of the two databases are loaded where they are needed: most programs need one of them.

/**
 * The store of a workspace beside whoever works on it: for readers, and for what an owner does by hand. Of an embedded
 * store only one process may write; so `write` throws StoreError `locked` while a program runs. Throws StoreError.
 */
export async function openStore(
  { store, workspace }: Pick<Config, 'store' | 'workspace'>,
  access: 'read' | 'write',
  clock: Clock,
): Promise<Store> {
  if (store.kind === 'sqlite') {
    const { openSqlite, readSqlite } = await import('./sqlite/store.js');
    return access === 'read' ? readSqlite(store.path, clock) : openSqlite(store.path, clock);
  }
  const { openPostgres } = await import('./postgres/open.js');
  const { findWorkspace, postgresStore } = await import('./postgres/store.js');
  const served = await openPostgres(store.url, { connections: 2 });
  const id = await findWorkspace(served, workspace);
  if (id === null) {
    await served.close();
    throw new StoreError(
      'missing',
      `the store has no workspace "${workspace}" yet: \`autoresponder run\` makes it`,
    );
  }
  return {
    ...postgresStore(served, { workspace: id, fencingToken: null }, served.time.now),
    close: () => served.close(),
  };
}

/** Where a program that works alone on its store is asked to do something by hand; null: the store is shared. */
export function controlPath({ store }: Pick<Config, 'store'>): string | null {
  return store.kind === 'sqlite' ? realPath(store.path) : null;
}

/** Where the store is, as it may be shown. */
export function whereIs({ store }: Pick<Config, 'store'>): string {
  if (store.kind === 'sqlite') return store.path;
  const url = new URL(store.url);
  return `postgres://${url.host}${url.pathname}`;
}
