import type { Instant } from './time.js';

/** Stands in place of an account's name when the key itself is refused: nothing can be sent then. */
export const EVERY_ACCOUNT = '*';

/** What Blotato refuses an account for: the key (401), the plan's active contacts (20101), a permission (20201). */
export type BlockCause = '401' | '20101' | '20201';

/**
 * Sending is paused for an account because Blotato refused it. Its queue is kept. When the time has come, one send
 * finds out whether it is over; for the key, a question that sends nothing.
 */
export interface Block {
  /** The configured account's name, or EVERY_ACCOUNT. */
  readonly account: string;
  readonly cause: BlockCause;
  /** In Blotato's words. */
  readonly detail: string;
  readonly since: Instant;
  /** How often in a row it was refused. */
  readonly refusals: number;
  readonly probeAt: Instant;
}
