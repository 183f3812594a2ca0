import type { AttemptEnd, NewBlock } from '../../domain/attempt.js';
import type { Block } from '../../domain/block.js';
import type { GuardFacts } from '../../domain/facts.js';
import type { StatedReason } from '../../domain/reason.js';
import type { Send, SendRoute } from '../../domain/send.js';
import type { Instant, Millis } from '../../domain/time.js';

/**
 * Result of a claim: the claimed send, otherwise the time of the next try (null if nothing is due later
 * either).
 */
export type Claim = { readonly send: Send } | { readonly send: null; readonly retryAt: Instant | null };

export interface SendBudget {
  readonly perMinute: number;
  readonly perHourPerAccount: number;
  /** Length by which the minute of `perMinute` exceeds a minute. @default 0 */
  readonly margin?: Millis;
}

/** A message or public reply of the account, as journalled. */
export interface OwnRow {
  /** The API's id of the row. */
  readonly id: string;
  readonly text: string;
  readonly at: Instant;
}

/**
 * Relation of a row to a send that it may be: `tied` to another send; in the journal before the event that
 * the send replies to (`older`); after that but `before` the first attempt by our clock; or `after` the
 * attempt. The order in the journal does not depend on our clock.
 */
export type Standing = 'tied' | 'older' | 'before' | 'after';

/** Sends: claim, attempt, settle, confirm; and holds of accounts. Every method is one transaction. */
export interface OutboxStore {
  /** Changes sends that a previous process left as `sending` to `ambiguous`. Returns their number. */
  recoverSends(checkAt: Instant): Promise<number>;
  /**
   * Claims one send that is due, newest first, if the budgets of route and account allow it; its state
   * becomes `sending`. For an account on hold one send is claimed when a probe is due, and no other until its
   * result is known. With `eventIds` only sends for these events are claimed.
   */
  claimSend(
    route: SendRoute,
    now: Instant,
    budget: SendBudget,
    eventIds?: readonly string[] | null,
  ): Promise<Claim>;
  guardFacts(send: Send, now: Instant): Promise<GuardFacts>;
  /** Returns false, and changes nothing, if the send is no longer in progress. */
  endAttempt(send: Send, end: AttemptEnd, now: Instant): Promise<boolean>;
  /** Ambiguous and accepted sends with a due check. */
  dueForCheck(now: Instant, limit: number): Promise<readonly Send[]>;
  /** Postpones the next check without any other change. A failed check is not counted. */
  postponeCheck(send: Send, checkAt: Instant, look: 'counted' | 'uncounted'): Promise<void>;
  /**
   * Rows that the account wrote to the send's contact, or under its comment, and that were journalled after
   * the event that the send replies to, or since the given time.
   */
  ownRowsSince(send: Send, since: Instant): Promise<readonly OwnRow[]>;
  /**
   * End of the latest earlier send to the same contact with the same text, or with a text that retention has
   * emptied, that was attempted and got no id; null if there was no such send.
   */
  latestUnidentifiedSend(send: Send): Promise<Instant | null>;
  /**
   * Relations of rows, given by their API ids, to a send whose first attempt began at the given time. Unknown
   * rows are left out.
   */
  standings(
    send: Send,
    messageIds: readonly string[],
    firstAttemptAt: Instant,
  ): Promise<ReadonlyMap<string, Standing>>;
  /** True if a send or a webhook is not in a final state. */
  hasOpenWork(): Promise<boolean>;
  /** Time of the next check of an ambiguous or accepted send. */
  nextCheckAt(): Promise<Instant | null>;
  /** Waiting sends whose event is older than a time, oldest first. */
  waitingSince(before: Instant, limit: number): Promise<readonly Send[]>;
  /** Ends a waiting send. Returns false if it no longer waits. */
  stopWaiting(send: Send, why: StatedReason, now: Instant): Promise<boolean>;
  /**
   * Replaces the buttons of a send in progress by a text with links. `refused`: the API refused the message, so that its
   * next result shows whether the buttons were the cause.
   */
  dropButtons(send: Send, text: string, why: 'account' | 'refused'): Promise<void>;
  /** True if the API refused buttons of the account since then. */
  areButtonsRefused(account: string, since: Instant): Promise<boolean>;
  refuseButtons(account: string, now: Instant): Promise<void>;
  blocks(): Promise<readonly Block[]>;
  /** Starts or extends a hold. */
  block(block: NewBlock, now: Instant): Promise<void>;
  /** Ends a hold. Returns false if the account was not on hold. */
  unblock(account: string): Promise<boolean>;
}
