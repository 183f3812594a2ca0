import type { Millis } from '../domain/time.js';
import type { Front } from './exchange.js';
import type { OddHook } from './odd-rows.js';
import type { World } from './world.js';

/** What goes wrong beside calls: rows, accounts and the clock. Nothing does until a test asks for it. */
export interface Trouble {
  /** Names the rows that do not fit their description, from the next call on; null: none. */
  oddRows(hook: OddHook | null): void;
  /** Takes an account out of the list, with all of its rows. Throws for a name that is unknown. */
  disconnect(account: string): void;
  /** Connects an account again, under another id of Blotato. */
  reconnect(account: string, id: string): void;
  /** Puts the `Date` header ahead of the times of rows, or behind with a negative value. */
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
