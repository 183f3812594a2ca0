import type { BlockCause } from './block.js';
import type { Reason } from './reason.js';

/**
 * Meaning of a refusal. `hold`: sending pauses for the account, or for all of them, and the send keeps its
 * place. `wait`: the API asks for fewer calls. `spent`: the comment already has its only private reply.
 * `unclear`: it may have arrived all the same. `end`: only this send is refused, with this reason.
 */
export type RefusalMeaning =
  | { readonly kind: 'hold'; readonly scope: 'account' | 'key'; readonly cause: BlockCause }
  | { readonly kind: 'wait' }
  | { readonly kind: 'spent' }
  | { readonly kind: 'unclear' }
  | { readonly kind: 'end'; readonly reason: Reason };

/** A refusal parsed from the API's response, to be stored with the send. */
export interface Refusal {
  /** Error code as given by the API, such as `20102` or `10/2534022`; null if absent. */
  readonly code: string | null;
  readonly meaning: RefusalMeaning;
  /** Code and message of the API, for people. */
  readonly detail: string | null;
}
