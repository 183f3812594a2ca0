import { createHash, randomBytes } from 'node:crypto';
import type { Customer } from '../../domain/customer.js';
import { StoreError } from '../ports/store-error.js';

/** A customer's fingerprint as stored: the accounts, and a salted digest of the key. */
interface Kept {
  readonly salt: string;
  readonly key: string;
  readonly accounts: readonly string[];
}

/**
 * Overlap of a configuration with the customer of a store.
 *
 * - `same`: key and accounts.
 * - `accounts`: only the key. Accounts were connected, removed, or came back under another id.
 * - `key`: another key, but at least one common account: the key was changed. Blotato never reuses ids of
 *   accounts.
 * - `other`: nothing; it is another customer.
 */
export type Kinship = 'same' | 'accounts' | 'key' | 'other';

export function toFingerprint({ apiKey, accounts }: Customer): string {
  const salt = randomBytes(16).toString('hex');
  const kept: Kept = { salt, key: digest(salt, apiKey), accounts: [...accounts].sort() };
  return JSON.stringify(kept);
}

export function kinshipOf(fingerprint: string, { apiKey, accounts }: Customer): Kinship {
  const kept = JSON.parse(fingerprint) as Kept;
  const shared = accounts.filter((each) => kept.accounts.includes(each));
  if (digest(kept.salt, apiKey) !== kept.key) return shared.length === 0 ? 'other' : 'key';
  return shared.length === accounts.length && shared.length === kept.accounts.length ? 'same' : 'accounts';
}

/** Throws StoreError `other_customer` if a fingerprint is known and is that of another customer. */
export function refuseOther(fingerprint: string | null, customer: Customer, workspace: string): void {
  if (fingerprint !== null && kinshipOf(fingerprint, customer) === 'other')
    throw otherCustomer(fingerprint, customer, workspace);
}

/** Refuses a store whose customer shares neither key nor account with the configuration. */
export function otherCustomer(fingerprint: string, { accounts }: Customer, workspace: string): StoreError {
  const kept = JSON.parse(fingerprint) as Kept;
  return new StoreError(
    'other_customer',
    `the store's workspace "${workspace}" belongs to another customer: its API key is another one, and its accounts are ${listed(kept.accounts)}, those of this configuration ${listed(accounts)}. Nothing of it was started; fix: give this configuration a store or a workspace name of its own; or, if key and accounts were replaced on purpose, run \`autoresponder adopt --workspace ${workspace}\` once`,
  );
}

/** Refuses another key while a worker with the previous one runs. */
export function otherKey(workspace: string): StoreError {
  return new StoreError(
    'other_customer',
    `a running worker serves the workspace "${workspace}" with another API key. Nothing of it was started; fix: stop that worker first (one that was killed counts as running for 15 s); or, if the key was replaced on purpose and workers are restarted one after the other, run \`autoresponder adopt --workspace ${workspace}\` once`,
  );
}

function listed(accounts: readonly string[]): string {
  const more = accounts.length > 5 ? ` and ${accounts.length - 5} more` : '';
  return `${accounts.slice(0, 5).join(', ')}${more}`;
}

function digest(salt: string, apiKey: string): string {
  return createHash('sha256').update(`${salt}:${apiKey}`).digest('hex');
}
