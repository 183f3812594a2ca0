import type { Customer } from '../../domain/customer.js';
import { kinshipOf, refuseOther, toFingerprint } from '../sql/customer.js';
import { type Connection, openReader } from './open.js';

/** An embedded store has one workspace, with the name used by a configuration without names. */
const WORKSPACE = 'default';

/**
 * Stores the customer. Throws StoreError `other_customer` if neither key nor accounts match those of the
 * store.
 */
export function claimStore(db: Connection, customer: Customer): void {
  const kept = fingerprintOf(db);
  refuseOther(kept, customer, WORKSPACE);
  if (kept === null || kinshipOf(kept, customer) !== 'same') adoptStore(db, customer);
}

/** Throws StoreError `other_customer` if the store belongs to another customer. Changes nothing. */
export function refuseStore(db: Connection, customer: Customer): void {
  refuseOther(fingerprintOf(db), customer, WORKSPACE);
}

/**
 * Throws StoreError `other_customer` if the store of a running program belongs to another customer. Changes
 * nothing.
 */
export function checkStore(path: string, customer: Customer): void {
  const { db, close } = openReader(path);
  try {
    refuseStore(db, customer);
  } finally {
    close();
  }
}

/** Assigns the store to the customer, even if it belonged to another one. */
export function adoptStore(db: Connection, customer: Customer): void {
  db.transaction(() => {
    db.exec('delete from customer');
    db.prepare('insert into customer values (?)').run(toFingerprint(customer));
  })();
}

/** The stored fingerprint; null if no program has run on the store since fingerprints were introduced. */
export function fingerprintOf(db: Connection): string | null {
  const row = db.prepare('select fingerprint from customer').get() as { fingerprint: string } | undefined;
  return row?.fingerprint ?? null;
}
