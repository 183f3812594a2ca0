import type { Pause } from '../../domain/facts.js';
import type { Notice } from '../../domain/notice.js';
import type { Reason } from '../../domain/reason.js';
import type { Send, SendRoute, SendState } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';

export interface Summary {
  readonly reasons: Readonly<Partial<Record<Reason, number>>>;
  readonly sends: Readonly<Partial<Record<SendState, number>>>;
  readonly undecided: number;
  readonly newestEventAt: Instant | null;
  readonly streams: readonly { stream: string; mark: Instant; polledAt: Instant }[];
  readonly pauses: readonly Pause[];
}

/** A rule's call for a human. */
export interface Handoff {
  readonly id: number;
  readonly eventId: string;
  readonly rule: string;
  readonly account: string;
  readonly contactId: string;
  readonly note: string | null;
  readonly at: Instant;
}

/** What waits to be sent, and what the budgets have spent. */
export interface QueueState {
  readonly waiting: readonly {
    readonly route: SendRoute;
    readonly account: string;
    readonly n: number;
    /** Before this time not all of them may leave. */
    readonly latestAt: Instant;
  }[];
  /** Sends of the last minute, and those of the last hour by account, oldest first. */
  readonly calls: readonly { readonly route: SendRoute; readonly at: Instant }[];
  readonly attempts: readonly { readonly account: string; readonly at: Instant }[];
}

/** What was seen and done for an account. */
export interface Activity {
  readonly account: string;
  /** Whether anybody's comment was ever read. */
  readonly hasComments: boolean;
  /** Contacts who got an answer since a time. */
  readonly contactsAnswered: number;
}

/** What the owner sees and does: notices, failures, pauses, the queue, sends by hand. Every method is one transaction. */
export interface OwnerStore {
  /** Keeps what was not noted before, and drops what was noted before `before`. */
  noteTrouble(found: readonly Notice[], now: Instant, before: Instant): Promise<void>;
  /** What was not told by this way yet, oldest first. */
  untold(channel: string, limit: number): Promise<readonly (Notice & { readonly id: number })[]>;
  markTold(ids: readonly number[], channel: string, now: Instant): Promise<void>;
  lastTold(channel: string): Promise<Instant | null>;
  /** Calls of rules for a human, newest first. */
  handoffs(limit: number): Promise<readonly Handoff[]>;
  /** Marks a call for a human as done. Returns false if there is none, or it was done before. */
  endHandoff(id: number, now: Instant): Promise<boolean>;
  /** Sends that failed or whose outcome nobody knows, and that nobody sent again or gave up, by account and reason. */
  failures(): Promise<readonly { readonly account: string; readonly reason: Reason; readonly n: number }[]>;
  sends(query: {
    readonly states?: readonly SendState[];
    readonly limit: number;
    readonly eventId?: string;
  }): Promise<readonly Send[]>;
  retrySend(id: number, now: Instant): Promise<Send | null>;
  discardSend(id: number, now: Instant): Promise<Send | null>;
  setPause(pause: Pause): Promise<void>;
  endPause(scope: string): Promise<boolean>;
  /** Lets what a human wrote to the contact keep nobody silent any more. Returns the accounts that wrote after `since`. */
  endHumanPause(contactId: string, since: Instant, now: Instant): Promise<readonly string[]>;
  summary(): Promise<Summary>;
  queue(now: Instant): Promise<QueueState>;
  /** In the order of `accounts`. */
  activity(accounts: readonly string[], since: Instant): Promise<readonly Activity[]>;
}
