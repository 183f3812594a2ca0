import type { Millis } from '../domain/time.js';
import type { Front } from './exchange.js';
import type { OddHook } from './odd-rows.js';
import type { World } from './world.js';

/** Faults of rows, accounts and the clock, as opposed to calls. None by default. */
export interface Trouble {
  /** Selects rows that do not match their description, from the next call on; null for none. */
  oddRows(hook: OddHook | null): void;
  /** Removes an account from the list, with all of its rows. Throws for an unknown name. */
  disconnect(account: string): void;
  /** Connects an account again, under another Blotato id. */
  reconnect(account: string, id: string): void;
  /** Shifts the `Date` header ahead of the times of rows, or behind with a negative value. */
  dateAhead(ahead: Millis): void;
}

export function createTrouble(world: World, front: Pick<Front, 'odd' | 'dateAhead'>): Trouble {
  return {
    oddRows: (hook) => (front.odd = hook),
    disconnect: (account) => world.disconnect(account),
    reconnect: (account, id) => world.reconnect(account, id),
    dateAhead: (ahead) => (front.dateAhead = ahead),
  };
}
