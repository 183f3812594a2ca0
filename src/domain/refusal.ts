import type { BlockCause } from './block.js';
import type { Reason } from './reason.js';

/**
 * Meaning of a refusal. `hold`: sending pauses for the account, or for all of them, and the send keeps its place.
 * `wait`: the API asks for fewer calls. `spent`: the comment has its one private reply. `unclear`: it may have arrived
 * all the same. `end`: this one send is refused, for the reason.
 */
export type RefusalMeaning =
  | { readonly kind: 'hold'; readonly scope: 'account' | 'key'; readonly cause: BlockCause }
  | { readonly kind: 'wait' }
  | { readonly kind: 'spent' }
  | { readonly kind: 'unclear' }
  | { readonly kind: 'end'; readonly reason: Reason };

/** A refusal on its way from the API's answer to the row of the send. */
export interface Refusal {
  /** As the API gives it, such as `20102` or `10/2534022`; null when it gives none. */
  readonly code: string | null;
  readonly meaning: RefusalMeaning;
  /** Code and words of the API, for people. */
  readonly detail: string | null;
}
