import type { Customer } from '../../domain/customer.js';
import { kinshipOf, otherCustomer, toFingerprint } from '../customer.js';
import type { Connection } from './open.js';

/** An embedded store has one workspace, under the name that a configuration without names has. */
const WORKSPACE = 'default';

/** Keeps whose store it is. Throws StoreError `other_customer` when neither key nor accounts are those of the store. */
export function claimStore(db: Connection, customer: Customer): void {
  const kept = fingerprintOf(db);
  const kinship = kept === null ? null : kinshipOf(kept, customer);
  if (kept !== null && kinship === 'other') throw otherCustomer(kept, customer, WORKSPACE);
  if (kinship !== 'same') adoptStore(db, customer);
}

/** Makes the store that of the customer, whoever had it before. */
export function adoptStore(db: Connection, customer: Customer): void {
  db.transaction(() => {
    db.exec('delete from customer');
    db.prepare('insert into customer values (?)').run(toFingerprint(customer));
  })();
}

/** Null: no program has run on it since it has fingerprints. */
export function fingerprintOf(db: Connection): string | null {
  const row = db.prepare('select fingerprint from customer').get() as { fingerprint: string } | undefined;
  return row?.fingerprint ?? null;
}
