import type { Config } from './config.js';

/** A customer: the owner of an API key and of accounts. A workspace of a store belongs to one. */
export interface Customer {
  readonly apiKey: string;
  /** Blotato's ids of the accounts. */
  readonly accounts: readonly string[];
}

export function customerOf({ blotato, accounts }: Pick<Config, 'blotato' | 'accounts'>): Customer {
  return { apiKey: blotato.apiKey, accounts: accounts.map(({ id }) => id) };
}
