import type { Customer } from '../../domain/customer.js';
import type { Clock } from '../../domain/time.js';
import type { Reports } from '../reports.js';
import { reportsOver } from '../sql/reports.js';
import { storeOver } from '../sql/store.js';
import type { Store } from '../store.js';
import { claimStore } from './customer.js';
import { embedded } from './embedded.js';
import { type OpenStore, openReader, openWriter } from './open.js';

/** Whose answers are kept in memory: those who write today, and about a kilobyte each. */
const CONTACTS_KEPT = 5_000;

/**
 * The embedded store, for the one process that writes. Throws StoreError, `other_customer` when it belongs to another one
 * than `customer`.
 */
export function openSqlite(path: string, clock: Clock, customer?: Customer): Store {
  const opened = openWriter(path);
  try {
    if (customer) claimStore(opened.db, customer);
    return sqliteStore(opened, clock);
  } catch (error) {
    opened.close();
    throw error;
  }
}

/** The embedded store beside a running writer: every method that writes throws. Throws StoreError. */
export function readSqlite(path: string, clock: Clock): Store {
  return sqliteStore(openReader(path), clock, 0);
}

/** The store over a connection that is open. `contactsKept` is 0 where another process writes. */
export function sqliteStore(
  { db, path, close }: OpenStore,
  clock: Clock,
  contactsKept = CONTACTS_KEPT,
): Store {
  return { ...storeOver(embedded(db, path), clock, contactsKept), close: async () => close() };
}

/** The reports of a store that exists, on a connection of their own. Throws StoreError. */
export function sqliteReports(path: string): Reports {
  const { db, path: real, close } = openReader(path);
  return { ...reportsOver(embedded(db, real)), close: async () => close() };
}
