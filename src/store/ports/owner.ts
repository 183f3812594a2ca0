import type { Act, Actor } from '../../domain/audit.js';
import type { Pause } from '../../domain/facts.js';
import type { Notice, NoticeKind } from '../../domain/notice.js';
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

/** A handoff: a rule's request for a human. */
export interface Handoff {
  readonly id: number;
  readonly eventId: string;
  readonly rule: string;
  readonly account: string;
  readonly contactId: string;
  readonly note: string | null;
  readonly at: Instant;
}

/** An open handoff, with the contact's name, the message that caused it, and the contact's latest one. */
export interface OpenHandoff extends Handoff {
  readonly name: string | null;
  readonly request: string | null;
  readonly words: string | null;
}

/** Sends that wait, and the used part of the budgets. */
export interface QueueState {
  readonly waiting: readonly {
    readonly route: SendRoute;
    readonly account: string;
    readonly n: number;
    /** Earliest time at which all waiting sends may be sent. */
    readonly latestAt: Instant;
  }[];
  /** Sends of the last minute, and those of the last hour by account, oldest first. */
  readonly calls: readonly { readonly route: SendRoute; readonly at: Instant }[];
  readonly attempts: readonly { readonly account: string; readonly at: Instant }[];
}

/** A counter of the store. It only grows: neither a restart nor retention sets it back. */
export interface Count {
  readonly metric: 'decision' | 'attempt';
  /** The kind of the event, or the action of the send. */
  readonly subject: string;
  readonly platform: string;
  /** The account; empty for an event without one. */
  readonly account: string;
  /** The reason of the decision, or the state of the send after the attempt. */
  readonly result: string;
  readonly n: number;
}

/** Replies of a rule and an account to the events of one day that were due and not sent, for one reason. */
export interface Stop {
  readonly reason: 'window_closed' | 'template_error' | 'too_long';
  readonly rule: string | null;
  readonly account: string | null;
  /** Number of the day since 1970, UTC. */
  readonly day: number;
  readonly n: number;
  /** Time of the first of the events. */
  readonly firstAt: Instant;
}

/** Activity of an account. */
export interface Activity {
  readonly account: string;
  /** True if a comment of another author was ever read. */
  readonly hasComments: boolean;
  /** Contacts who got a reply since a time. */
  readonly contactsAnswered: number;
}

/** Events of an account in one hour that one rule decided; `rule` is null for those that no rule matched. */
export interface RuleHour {
  /** Number of the hour since 1970. */
  readonly hour: number;
  readonly rule: string | null;
  readonly account: string;
  readonly n: number;
}

/**
 * Data and commands of the owner: notices, failures, pauses, the queue, sends by hand. Every method is one
 * transaction. A change with an `actor` is recorded in the audit trail if it changed something.
 */
export interface OwnerStore {
  /** Stores new notices, and drops those stored before `before`. */
  noteTrouble(found: readonly Notice[], now: Instant, before: Instant): Promise<void>;
  /** The notices of a kind that are stored, oldest first. */
  noticesOf(kind: NoticeKind): Promise<readonly Pick<Notice, 'key' | 'at'>[]>;
  /** Notices not yet sent through this channel, oldest first. */
  untold(channel: string, limit: number): Promise<readonly (Notice & { readonly id: number })[]>;
  markTold(ids: readonly number[], channel: string, now: Instant): Promise<void>;
  lastTold(channel: string): Promise<Instant | null>;
  /** The stored key of that name; stores `fresh` if not set. */
  secret(name: 'review', fresh: string): Promise<string>;
  /** Handoffs, newest first. */
  handoffs(limit: number): Promise<readonly Handoff[]>;
  /** Handoffs since then, newest first, without those that are done or after which a human wrote. */
  openHandoffs(since: Instant, limit: number): Promise<readonly OpenHandoff[]>;
  /** Marks a handoff as done. Returns false if no handoff has that id, or it was done before. */
  endHandoff(id: number, now: Instant, actor?: Actor): Promise<boolean>;
  /**
   * Number of sends that failed or whose outcome is unknown, and that were neither retried nor discarded, by
   * account and reason.
   */
  failures(): Promise<readonly { readonly account: string; readonly reason: Reason; readonly n: number }[]>;
  sends(query: {
    readonly states?: readonly SendState[];
    readonly limit: number;
    readonly eventId?: string;
    /** Filter for sends with a lower number. */
    readonly before?: number;
  }): Promise<readonly Send[]>;
  retrySend(id: number, now: Instant, actor?: Actor): Promise<Send | null>;
  discardSend(id: number, now: Instant, actor?: Actor): Promise<Send | null>;
  setPause(pause: Pause, act?: Act): Promise<void>;
  endPause(scope: string, act?: Act): Promise<boolean>;
  /**
   * Time at which a human last wrote to the contact from the account; null if none did, or the owner ended the pause
   * since.
   */
  humanWroteAt(account: string, contactId: string): Promise<Instant | null>;
  /**
   * Ends the pause caused by a human's messages to the contact. Returns the accounts that wrote after
   * `since`.
   */
  endHumanPause(contactId: string, since: Instant, now: Instant, actor?: Actor): Promise<readonly string[]>;
  /** Number of events from `from` up to, not including, `to`, by reason. */
  reasonsBetween(from: Instant, to: Instant): Promise<Summary['reasons']>;
  /** Replies that were due and not sent, to events since a time. */
  stops(since: Instant): Promise<readonly Stop[]>;
  /** Events since a time that were decided and are not our own messages, by hour, rule and account. */
  ruleHours(since: Instant): Promise<readonly RuleHour[]>;
  summary(): Promise<Summary>;
  /** Decisions and ended attempts of all processes, one row for each combination of labels. */
  counts(): Promise<readonly Count[]>;
  queue(now: Instant): Promise<QueueState>;
  /** Activity of each account, in the order of `accounts`. */
  activity(accounts: readonly string[], since: Instant): Promise<readonly Activity[]>;
}
