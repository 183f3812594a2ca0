import type { Customer } from '../../domain/customer.js';
import { kinshipOf, otherCustomer, toFingerprint } from '../customer.js';
import type { Connection } from './open.js';

/** An embedded store has one workspace, with the name used by a configuration without names. */
const WORKSPACE = 'default';

/**
 * Stores the customer. Throws StoreError `other_customer` if neither key nor accounts match those of the
 * store.
 */
export function claimStore(db: Connection, customer: Customer): void {
  const kept = fingerprintOf(db);
  const kinship = kept === null ? null : kinshipOf(kept, customer);
  if (kept !== null && kinship === 'other') throw otherCustomer(kept, customer, WORKSPACE);
  if (kinship !== 'same') adoptStore(db, customer);
}

/** Assigns the store to the customer, whoever had it before. */
export function adoptStore(db: Connection, customer: Customer): void {
  db.transaction(() => {
    db.exec('delete from customer');
    db.prepare('insert into customer values (?)').run(toFingerprint(customer));
  })();
}

/** Null if no program has run on the store since fingerprints were introduced. */
export function fingerprintOf(db: Connection): string | null {
  const row = db.prepare('select fingerprint from customer').get() as { fingerprint: string } | undefined;
  return row?.fingerprint ?? null;
}
