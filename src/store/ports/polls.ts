import type { SeenAutomations } from '../../domain/automation.js';
import type { InboundEvent, Platform } from '../../domain/event.js';
import type { Refusal } from '../../domain/refusal.js';
import type { Reason } from '../../domain/reason.js';
import type { Send, SendRoute } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';

/** The lists of the API: each is one sequence of rows for several platforms, newest first. */
export type Resource = 'messages' | 'comments';

/** An incomplete walk: where to continue, and the watermark for when it is complete. */
export interface OpenWalk {
  readonly platforms: readonly Platform[];
  readonly resumeToken: string;
  readonly newestAt: Instant;
}

/** State read at the beginning of a poll. */
export interface PollState {
  /** Watermark of each platform of a list. */
  readonly watermarks: Readonly<Partial<Record<Resource, ReadonlyMap<Platform, Instant>>>>;
  readonly walks: Readonly<Partial<Record<Resource, OpenWalk>>>;
  /** Requests of the queried routes, by this and other processes. */
  readonly calls: ReadonlyMap<string, number>;
  /** Routes with an ambiguous send, for which lists have to be read. */
  readonly ambiguous: ReadonlySet<SendRoute>;
  /** True if a send or a webhook is not in a final state. */
  readonly hasOpenWork: boolean;
  /** True if events are undecided that may be decided now: a cycle was aborted, or decided only a part. */
  readonly hasUndecided: boolean;
  /** True if events wait for data that could not be read yet. */
  readonly hasHeld: boolean;
  /** Due time of the first message that waits for its contact to pause; null if none waits. */
  readonly settlesAt: Instant | null;
  readonly failures: readonly ReadFailure[];
}

/** A list whose last poll failed. */
export interface ReadFailure {
  readonly resource: Resource;
  readonly since: Instant;
  readonly error: string;
  /** True if Blotato refused the key, and has accepted it for no list since. */
  readonly isKeyRefused: boolean;
}

/** State of reading each list, by any worker. */
export interface ReadState {
  /** Each list that was ever read completely. */
  readonly polls: readonly {
    readonly resource: Resource;
    readonly platform: Platform;
    readonly at: Instant;
    /** Time when the next poll was due by the schedule; null if an earlier release polled it. */
    readonly dueAt: Instant | null;
  }[];
  readonly failures: readonly ReadFailure[];
}

/** A completed walk: the watermarks of its platforms move, and everything written until `at` is read. */
export interface WalkEnd {
  readonly resource: Resource;
  readonly watermarks: ReadonlyMap<Platform, Instant>;
  readonly at: Instant;
}

/** Work left after reading. */
export interface RemainingWork {
  /** True if events without a decision are left. */
  readonly undecided: boolean;
  /** True if funnel runs timed out. */
  readonly expired: boolean;
}

export interface NewEvent {
  readonly event: InboundEvent;
  readonly beforeStart: boolean;
  /**
   * The reason why the row can never be decided. The row is journalled as `unreadable`, until the API lists
   * it in another form.
   */
  readonly unreadable?: string;
  /** The reason why the event cannot be decided yet. */
  readonly held?: Held;
}

/** An event whose account or author is unknown until more data is read. */
export interface Held {
  /**
   * `conversation`: its conversation could not be read. `account`: the ids under which the account writes are
   * not known yet.
   */
  readonly for: 'conversation' | 'account';
  readonly detail: string;
  readonly row: HeldRow;
}

/** Evidence of the author in a held row. */
export interface HeldRow {
  readonly conversationId: string | null;
  readonly senderId: string | null;
  readonly recipientId: string;
  readonly status: string;
  readonly stated: 'incoming' | 'outgoing' | null;
}

export interface HeldEvent {
  readonly event: InboundEvent;
  readonly held: Held;
  readonly since: Instant;
}

/**
 * Result for a held event. `giveUp`: it is decided as `direction_unknown`, with this detail. `drop`: its
 * account is not configured, so it is deleted.
 */
export type Release =
  | { readonly id: string; readonly event: Pick<InboundEvent, 'account' | 'contact' | 'direction'> }
  | { readonly id: string; readonly giveUp: string }
  | { readonly id: string; readonly drop: true };

/** A configured account, as last listed by Blotato. */
export interface ListedAccount {
  /** Name and id in the configuration. */
  readonly account: string;
  readonly accountId: string;
  /** Username as last listed by Blotato; null if the account had none. */
  readonly username: string | null;
  /** Time since when the account is missing; null while it is listed. */
  readonly missingSince: Instant | null;
  /** The id under which the account probably came back. */
  readonly likelyId: string | null;
}

/** Accounts that are listed again, or under the id that is configured now. */
export interface AccountsBack {
  /** Names of the accounts in the configuration. */
  readonly accounts: readonly string[];
  /** Ids of all configured accounts. */
  readonly configured: readonly string[];
}

/** Account and participants of a conversation. */
export interface KnownConversation {
  readonly id: string;
  readonly accountId: string;
  readonly participants: readonly { id: string | null; name: string | null; username: string | null }[];
}

/** Status reported by the API for a message or comment that may be one of our sends. */
export interface DeliveryStatus {
  readonly route: SendRoute;
  readonly messageId: string;
  readonly status: string;
  /** Meaning of the status `failed`. */
  readonly refusal: Refusal | null;
  readonly conversationId: string | null;
}

/**
 * The poller's part of the store: watermarks, resume tokens, pages, conversations, and the read budget. Every
 * method is one transaction.
 */
export interface PollStore {
  /**
   * Reads the state for a poll in one query, including the requests of `routes` since `since`, and counts the
   * requests about to be made, so a crash counts one too many, never one too few. `choose` is a pure function
   * of that state, run inside the transaction: most polls are of quiet workspaces, and a separate statement
   * for the count would be a third of the database's work for one.
   */
  beginPoll(
    budget: { readonly routes: readonly string[]; readonly since: Instant },
    now: Instant,
    choose: (known: PollState) => readonly string[],
  ): Promise<PollState>;
  /** The given API ids whose rows are in the journal and were readable. */
  journalled(resource: Resource, sourceIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Reason and detail of the given events, as far as they are in the journal. */
  reasonsOf(
    eventIds: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly reason: Reason | null; readonly detail: string | null }>>;
  /** Held events, in order of time. */
  held(limit: number): Promise<readonly HeldEvent[]>;
  /** Returns the number of events that may be decided now. */
  release(released: readonly Release[], now: Instant): Promise<number>;
  /**
   * Stores the new events of a page, and the walk if it continues. Events already journalled are not changed,
   * except unreadable ones.
   */
  recordPage(resource: Resource, events: readonly NewEvent[], walk: OpenWalk | null): Promise<number>;
  /**
   * Ends walks, so that their events may be decided. Returns the work left. `dueAt` is the time of the next
   * poll.
   */
  endPoll(ends: readonly WalkEnd[], now: Instant, dueAt?: Instant): Promise<RemainingWork>;
  readState(): Promise<ReadState>;
  /** Replaces the failures of all lists. A poll writes them only when they changed: most polls change nothing. */
  saveReadFailures(failures: readonly ReadFailure[]): Promise<void>;
  /** Records that rules wait for the next post of their accounts from now on, unless they already wait. */
  watchNextPosts(
    wanted: readonly { readonly rule: string; readonly account: string }[],
    now: Instant,
  ): Promise<void>;
  conversations(ids: readonly string[]): Promise<ReadonlyMap<string, KnownConversation>>;
  saveConversations(conversations: readonly KnownConversation[]): Promise<void>;
  /** The platform ids that an account is known to write under. */
  ownIds(account: string): Promise<ReadonlySet<string>>;
  listedAccounts(): Promise<readonly ListedAccount[]>;
  /**
   * Stores changes of the list. When accounts are `back`, lists are read again from the time when the first
   * of them went missing, and conversations stored for accounts that are not configured are deleted.
   */
  saveListedAccounts(accounts: readonly ListedAccount[], back?: AccountsBack): Promise<void>;
  /** Blotato's own automations as last read; null if never. */
  automations(): Promise<SeenAutomations | null>;
  saveAutomations(seen: SeenAutomations): Promise<void>;
  saveOwnId(account: string, platformId: string): Promise<void>;
  isOwnSend(route: SendRoute, messageIds: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Updates accepted sends to the status that a list reports. Returns the sends that changed, in their new
   * state.
   */
  recordDeliveries(deliveries: readonly DeliveryStatus[], at: Instant): Promise<readonly Send[]>;
  /**
   * Counts a request of the route and returns null, unless the budget is used up: then it returns the time of the oldest
   * request in it.
   */
  countCall(route: string, budget: CallBudget, now: Instant): Promise<Instant | null>;
}

/** Maximum number of requests of a route after a time. */
export interface CallBudget {
  readonly since: Instant;
  readonly most: number;
}
