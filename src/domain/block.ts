import { type Instant, type Millis, MINUTE, SECOND } from './time.js';

/** Stands for all accounts when the key itself is refused: then nothing can be sent. */
export const EVERY_ACCOUNT = '*';

const CONNECT_AGAIN = 'connect the account again in Blotato, with all permissions';

/** Cause and fix of each hold, by status or code of the API; 401 and 403 hold all accounts. */
export const BLOCK_FIXES = {
  '401': {
    cause: 'Blotato refuses the key',
    fix: 'check `blotato.api_key`: copy it again from Blotato, keys may end in "="',
  },
  '403': {
    cause: 'the plan does not include the API, or a payment is due',
    fix: 'see plan and payment in the settings of Blotato',
  },
  '404': {
    cause: 'Blotato no longer lists the account under its `id`',
    fix: 'connect the account again, or set its new `id`: `autoresponder doctor` names the likely one',
  },
  '20101': {
    cause: "the plan's limit of active contacts is reached",
    fix: 'raise the plan in Blotato, or wait for its next month',
  },
  '20201': {
    cause: 'the permission for comments is missing',
    fix: 'connect the account again in Blotato, with the permission for comments',
  },
  '10/1893063': {
    cause: 'the platform restricts the Page from sending for a while',
    fix: 'see the Support Inbox of the Page on Facebook',
  },
  '10/2018028': {
    cause: 'the platform lets the app write only to people who have a role in it',
    fix: CONNECT_AGAIN,
  },
  '190': { cause: "the platform's token of the account has expired", fix: CONNECT_AGAIN },
  '200': { cause: 'a permission of the account is missing on the platform', fix: CONNECT_AGAIN },
} as const satisfies Readonly<Record<string, { readonly cause: string; readonly fix: string }>>;

/** Status or code of the API that puts one account, or all, on hold. */
export type BlockCause = keyof typeof BLOCK_FIXES;

/**
 * A hold: sending is paused for an account because Blotato refused it. Its queue is kept. At `probeAt` one
 * send tests whether the hold is over; if the key was refused, a read request does.
 */
export interface Block {
  /** The configured account's name, or EVERY_ACCOUNT. */
  readonly account: string;
  readonly cause: BlockCause;
  /** Text of Blotato's response. */
  readonly detail: string;
  readonly since: Instant;
  /** Number of refusals in a row. */
  readonly refusals: number;
  readonly probeAt: Instant;
}

/** A key or a permission is not restored within seconds. */
const FIRST_PROBE: Millis = 32 * SECOND;
const LAST_PROBE: Millis = 5 * MINUTE;

/**
 * Time until the next probe, after the given number of refusals in a row. Half of it is fixed and half is
 * random (`chance` is 0 to 1), so that several processes do not probe at once.
 */
export function probeWait(refusals: number, chance: number): Millis {
  const wait = Math.min(LAST_PROBE, FIRST_PROBE * 2 ** Math.min(refusals, 10));
  return Math.round(wait / 2 + (chance * wait) / 2);
}

/** Cause and fix of a hold in one line. */
export function blockFix(cause: BlockCause): string {
  const words = BLOCK_FIXES[cause];
  return `${words.cause}; ${words.fix}`;
}
