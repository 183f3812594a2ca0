import type { Instant } from './time.js';
import type { Reason } from './reason.js';
import type { Refusal } from './refusal.js';
import type { Block } from './block.js';

/** Result of an attempt, and the time until which its route is on hold because of it. */
export interface AttemptResult {
  readonly end: AttemptEnd;
  readonly holdRoute: Instant | null;
  /** Status of a response that refused the send. */
  readonly status?: number;
}

/** End of an attempt, as stored in the attempt log and in the row of the send. */
export type AttemptEnd =
  | {
      readonly state: 'accepted';
      readonly messageId: string;
      readonly status: string;
      /** The refusal that caused a status of `failed`. */
      readonly refusal?: Refusal | null;
      readonly conversationId: string | null;
      readonly checkAt: Instant;
    }
  | {
      readonly state: 'pending';
      readonly notBefore: Instant;
      readonly detail: string;
      /** Reason shown for the event while the send waits. @default `queued` */
      readonly reason?: Reason;
      /** True for a resend after an ambiguous attempt. */
      readonly isResend?: boolean;
      /** True if no byte was sent, so that no budget is charged. `stopped` is not charged either. */
      readonly isUncounted?: boolean;
      /** The hold, if Blotato refuses the account or the key: sending pauses for it. */
      readonly block?: NewBlock;
    }
  | { readonly state: 'ambiguous'; readonly checkAt: Instant; readonly detail: string }
  | { readonly state: 'sent'; readonly detail: string }
  | {
      readonly state: 'failed' | 'unknown_outcome' | 'stopped';
      readonly reason: Reason;
      readonly detail: string;
    };

/** A refusal that puts an account on hold, and the time of the first probe. */
export type NewBlock = Pick<Block, 'account' | 'cause' | 'detail' | 'probeAt'>;
