import type { Instant } from './time.js';
import type { Reason } from './reason.js';
import type { Refusal } from './refusal.js';
import type { Block } from './block.js';

/** How an attempt ended, and until when its route is left alone because of it. */
export interface Delivered {
  readonly end: AttemptEnd;
  readonly holdRoute: Instant | null;
}

/** How an attempt ended, for the record and for the row. */
export type AttemptEnd =
  | {
      readonly state: 'accepted';
      readonly messageId: string;
      readonly status: string;
      /** The refusal behind a status of `failed`. */
      readonly refusal?: Refusal | null;
      readonly conversationId: string | null;
      readonly checkAt: Instant;
    }
  | {
      readonly state: 'pending';
      readonly notBefore: Instant;
      readonly detail: string;
      /** Shown as the event's reason while it waits. @default `queued` */
      readonly reason?: Reason;
      /** It is sent again after an ambiguous attempt. */
      readonly isResend?: boolean;
      /** Not a byte has left, so no budget pays for it. Nor does one for `stopped`. */
      readonly isUncounted?: boolean;
      /** Blotato refuses the account, or the key: sending pauses for it. */
      readonly block?: NewBlock;
    }
  | { readonly state: 'ambiguous'; readonly checkAt: Instant; readonly detail: string }
  | { readonly state: 'sent'; readonly detail: string }
  | {
      readonly state: 'failed' | 'unknown_outcome' | 'stopped';
      readonly reason: Reason;
      readonly detail: string;
    };

/** A refusal that pauses sending for an account, and when to find out whether it is over. */
export type NewBlock = Pick<Block, 'account' | 'cause' | 'detail' | 'probeAt'>;
