import type { Oddity } from '../../src/sandbox/odd-rows.js';
import type { Sandbox } from '../../src/sandbox/server.js';
import type { Dice } from './dice.js';

/** Faults other than those of calls: invalid rows, an account under another id, a clock with an offset. */
export interface Troubles {
  /** Runs before each start of the program. */
  next(): void;
  /** Ends all faults. */
  calm(): void;
}

/** Rows that no rule matches, so that nobody waits for a reply to them. */
const ODDITIES: readonly [Oddity, ...Oddity[]] = [
  ...(['no_text', 'null_text', 'null_sender', 'null_recipient', 'null_conversation'] as const),
  ...(['null_time', 'text_error_code', 'other_type', 'not_an_object'] as const),
] as [Oddity, ...Oddity[]];
/** Offsets of the `Date` header from the times of rows, in milliseconds. */
const AHEAD = [0, 0, 8_000, 30_000, -30_000] as const;

export function createTroubles(sandbox: Sandbox, dice: Dice, noise: string): Troubles {
  const { trouble, world } = sandbox;
  const ids = new Map(world.accounts.map(({ name, id }) => [name, id]));
  let gone: string | null = null;
  // The same row is invalid in the same way at each read.
  const oddities = new Map<string, Oddity>();

  function comeBack(): void {
    if (gone === null) return;
    trouble.reconnect(gone, ids.get(gone) ?? '');
    gone = null;
  }

  trouble.oddRows((row) => {
    const { id, text } = row as { readonly id?: string; readonly text?: string };
    if (id === undefined) return null;
    if (row['direction'] === 'outgoing') return dice.chance(0.05) ? 'unknown_status' : null;
    if (text !== noise) return null;
    const known = oddities.get(id) ?? dice.pick(ODDITIES);
    oddities.set(id, known);
    return known;
  });

  return {
    next() {
      comeBack();
      trouble.dateAhead(dice.pick(AHEAD));
      if (!dice.chance(0.04)) return;
      gone = dice.pick(['shop-ig', 'shop-fb', 'shop-x']);
      trouble.reconnect(gone, `9${dice.whole(10_000, 99_999)}`);
    },
    calm() {
      comeBack();
      trouble.dateAhead(0);
      trouble.oddRows(null);
    },
  };
}
