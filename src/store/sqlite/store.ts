import type { Customer } from '../../domain/customer.js';
import type { Clock } from '../../domain/time.js';
import type { Reports } from '../ports/reports.js';
import { reportsOver } from '../sql/reports.js';
import { storeOver } from '../sql/store.js';
import type { Store } from '../ports/store.js';
import { claimStore, refuseStore } from './customer.js';
import { embedded } from './embedded.js';
import { type OpenStore, openReader, openWriter } from './open.js';

/**
 * Maximum number of contacts whose reply sums are cached: as many as write in a day, at about a kilobyte
 * each.
 */
const CONTACTS_KEPT = 5_000;

/**
 * The embedded store, for the only process that writes. Throws StoreError, such as `other_customer` if it
 * belongs to another customer than `customer`.
 */
export function openSqlite(path: string, clock: Clock, customer?: Customer): Store {
  return openWith(path, clock, (opened) => customer && claimStore(opened.db, customer));
}

/**
 * Opens the embedded store for a command of the owner, which may have no API key and so stores no customer.
 */
export function openSqliteOf(path: string, clock: Clock, customer: Customer): Store {
  return openWith(path, clock, (opened) => refuseStore(opened.db, customer));
}

function openWith(path: string, clock: Clock, check: (opened: OpenStore) => void): Store {
  const opened = openWriter(path);
  try {
    check(opened);
    return sqliteStore(opened, clock);
  } catch (error) {
    opened.close();
    throw error;
  }
}

/** The embedded store beside a running writer: every writing method throws. Throws StoreError. */
export function readSqlite(path: string, clock: Clock): Store {
  return sqliteStore(openReader(path), clock, 0);
}

/** The store on an open connection. `contactsKept` is 0 if another process writes. */
export function sqliteStore(
  { db, path, close }: OpenStore,
  clock: Clock,
  contactsKept = CONTACTS_KEPT,
): Store {
  return { ...storeOver(embedded(db, path), clock, contactsKept), close: async () => close() };
}

/** The reports of an existing store, on a connection of their own. Throws StoreError. */
export function sqliteReports(path: string): Reports {
  const { db, path: real, close } = openReader(path);
  return { ...reportsOver(embedded(db, real)), close: async () => close() };
}
