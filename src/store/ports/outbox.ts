import type { AttemptEnd, NewBlock } from '../../domain/attempt.js';
import type { Block } from '../../domain/block.js';
import type { GuardFacts } from '../../domain/facts.js';
import type { Reason } from '../../domain/reason.js';
import type { Send, SendRoute } from '../../domain/send.js';
import type { Instant, Millis } from '../../domain/time.js';

/** A claimed send; or when to ask again (null: nothing is due at any time known now). */
export type Claim = { readonly send: Send } | { readonly send: null; readonly retryAt: Instant | null };

export interface SendBudget {
  readonly perMinute: number;
  readonly perHourPerAccount: number;
  /** By how much the minute of `perMinute` is longer than a minute. @default 0 */
  readonly margin?: Millis;
}

/** A message or public answer of the account, as the journal read it. */
export interface OwnRow {
  /** The API's id. */
  readonly id: string;
  readonly text: string;
  readonly at: Instant;
}

/**
 * What is known of a row that may be a send: it is `tied` to a send, the journal had it before what the send answers
 * (`older`), or after that and `before` the first attempt as our clock has it, or `after` that. The order in the journal
 * holds whatever our clock does.
 */
export type Standing = 'tied' | 'older' | 'before' | 'after';

/** Sends: claim, attempt, settle, confirm; and the accounts for which sending is on hold. Every method is one transaction. */
export interface OutboxStore {
  /** Ends of a former process: `sending` becomes `ambiguous`. Returns how many. */
  recoverSends(checkAt: Instant): Promise<number>;
  /**
   * Takes one send that is due, freshest first, if the route's and the account's budgets allow; it is `sending` then.
   * Of an account that Blotato refuses one is taken when it is time to find out, and no other until that is known.
   */
  claimSend(route: SendRoute, now: Instant, budget: SendBudget): Promise<Claim>;
  guardFacts(send: Send, now: Instant): Promise<GuardFacts>;
  /** False: it was no longer on its way, and nothing changed. */
  endAttempt(send: Send, end: AttemptEnd, now: Instant): Promise<boolean>;
  /** Ambiguous and accepted sends whose time to look has come. */
  dueForCheck(now: Instant, limit: number): Promise<readonly Send[]>;
  /** Puts the next look off without any other change. A look that failed is not counted. */
  postponeCheck(send: Send, checkAt: Instant, look: 'counted' | 'uncounted'): Promise<void>;
  /**
   * What the account wrote to the send's contact, or under its comment, and the journal has read after what the send
   * answers, or since then.
   */
  ownRowsSince(send: Send, since: Instant): Promise<readonly OwnRow[]>;
  /** When the latest send before this one to the same contact ended that was attempted and got no id; null: none. */
  latestUnidentifiedSend(send: Send): Promise<Instant | null>;
  /** What is known of rows with these API ids, for a send whose first attempt began then; of the others nothing is. */
  standings(
    send: Send,
    messageIds: readonly string[],
    firstAttemptAt: Instant,
  ): Promise<ReadonlyMap<string, Standing>>;
  /** Whether a send or a webhook is anything but over. */
  hasOpenWork(): Promise<boolean>;
  /** When the next ambiguous or accepted send is to be looked at. */
  nextCheckAt(): Promise<Instant | null>;
  /** Sends that wait since before a time, by the time of what they answer, oldest first. */
  waitingSince(before: Instant, limit: number): Promise<readonly Send[]>;
  /** Ends a send that still waits. Returns false when it does not. */
  stopWaiting(
    send: Send,
    why: { readonly reason: Reason; readonly detail: string },
    now: Instant,
  ): Promise<boolean>;
  blocks(): Promise<readonly Block[]>;
  /** Begins a block, or says that it goes on. */
  block(block: NewBlock, now: Instant): Promise<void>;
  /** Ends a block. Returns false when there was none. */
  unblock(account: string): Promise<boolean>;
}
