import type { SeenAutomations } from '../../domain/automation.js';
import type { InboundEvent, Platform } from '../../domain/event.js';
import type { Refusal } from '../../domain/refusal.js';
import type { Reason } from '../../domain/reason.js';
import type { Send, SendRoute } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';

/** What the API lists: one sequence of rows, newest first, for several platforms. */
export type Resource = 'messages' | 'comments';

/** A walk that is not whole yet: where to go on, and what to take as the mark when it is. */
export interface OpenWalk {
  readonly platforms: readonly Platform[];
  readonly resumeToken: string;
  readonly newestAt: Instant;
}

/** What is known when a poll begins. */
export interface PollState {
  /** Until when each platform of a list was read. */
  readonly watermarks: Readonly<Partial<Record<Resource, ReadonlyMap<Platform, Instant>>>>;
  readonly walks: Readonly<Partial<Record<Resource, OpenWalk>>>;
  /** Calls of the queried routes, by this and other processes. */
  readonly calls: ReadonlyMap<string, number>;
  /** Routes with an ambiguous send, for which lists have to be read. */
  readonly ambiguous: ReadonlySet<SendRoute>;
  /** Whether a send or a webhook is anything but over. */
  readonly hasOpenWork: boolean;
  /** Whether events wait for something that is to be read yet. */
  readonly hasHeld: boolean;
  /** When the first of the messages that wait for their contact to pause is due; null if none waits. */
  readonly settlesAt: Instant | null;
  readonly failures: readonly ReadFailure[];
}

/** A list that could not be read the last time. */
export interface ReadFailure {
  readonly resource: Resource;
  readonly since: Instant;
  readonly error: string;
  /** Blotato refused the key, and has accepted it for no list since. */
  readonly isKeyRefused: boolean;
}

/** How reading of each list goes, whichever worker reads it. */
export interface ReadState {
  /** Of each list that was ever read to the end. */
  readonly polls: readonly {
    readonly resource: Resource;
    readonly platform: Platform;
    readonly at: Instant;
    /** When the next poll was due by the schedule; null: an earlier release read it. */
    readonly dueAt: Instant | null;
  }[];
  readonly failures: readonly ReadFailure[];
}

/** A list was read whole: the marks of its platforms move, and all that was written until `at` is read. */
export interface WalkEnd {
  readonly resource: Resource;
  readonly watermarks: ReadonlyMap<Platform, Instant>;
  readonly at: Instant;
}

/** What is left to do when a poll has read. */
export interface RemainingWork {
  /** Events without a decision. */
  readonly undecided: boolean;
  /** Contacts who did not answer a funnel in time. */
  readonly expired: boolean;
  readonly openWork: boolean;
}

export interface NewEvent {
  readonly event: InboundEvent;
  readonly beforeStart: boolean;
  /** Why it cannot be decided, ever: it is journalled as `unreadable`, until the API lists it in another form. */
  readonly unreadable?: string;
  /** What keeps it from being decided for now. */
  readonly held?: Held;
}

/** An event that waits for something that is to be read yet, before anybody can tell whose it is. */
export interface Held {
  /** `conversation`: its conversation could not be read. `account`: nobody knows yet as whom the account writes. */
  readonly for: 'conversation' | 'account';
  readonly detail: string;
  readonly row: HeldRow;
}

/** What a held row says about its writer. */
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
 * What became of a held event. `giveUp`: it is decided as `direction_unknown`, with this detail. `drop`: it is of an
 * account that is not configured, of which nothing is kept.
 */
export type Release =
  | { readonly id: string; readonly event: Pick<InboundEvent, 'account' | 'contact' | 'direction'> }
  | { readonly id: string; readonly giveUp: string }
  | { readonly id: string; readonly drop: true };

/** A configured account, as Blotato's list of accounts had it the last time. */
export interface ListedAccount {
  /** The configured name, and the configured id. */
  readonly account: string;
  readonly accountId: string;
  /** When it was last listed; null if it had none. */
  readonly username: string | null;
  /** Null while it is listed. */
  readonly missingSince: Instant | null;
  /** The id under which it probably came back. */
  readonly likelyId: string | null;
}

/** Accounts that are listed again, or under the id that is configured now. */
export interface AccountsBack {
  /** Configured names. */
  readonly accounts: readonly string[];
  /** The ids of all configured accounts. */
  readonly configured: readonly string[];
}

/** Whose conversation it is and with whom. */
export interface KnownConversation {
  readonly id: string;
  readonly accountId: string;
  readonly participants: readonly { id: string | null; name: string | null; username: string | null }[];
}

/** A status that the API reports for a message or comment that may be a send of ours. */
export interface DeliveryStatus {
  readonly route: SendRoute;
  readonly messageId: string;
  readonly status: string;
  /** What it means when the status is `failed`. */
  readonly refusal: Refusal | null;
  readonly conversationId: string | null;
}

/** The poller's part of the store: watermarks, resume tokens, pages, conversations, and the read budget. Every method is one transaction. */
export interface PollStore {
  /**
   * What a poll has to know, at once, the calls of `routes` since `since` included; and counts the calls that it is about
   * to make, so that a crash counts one too many, never one too few. `choose` is a pure function of what is known, run
   * inside the transaction: most polls are of quiet workspaces, and a statement of its own for the count would be a third
   * of what the database does for one.
   */
  beginPoll(
    budget: { readonly routes: readonly string[]; readonly since: Instant },
    now: Instant,
    choose: (known: PollState) => readonly string[],
  ): Promise<PollState>;
  /** Of these API ids, those that the journal holds and that were readable. */
  journalled(resource: Resource, sourceIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Of these events, those that the journal holds, with the reason and the detail that they have. */
  reasonsOf(
    eventIds: readonly string[],
  ): Promise<ReadonlyMap<string, { readonly reason: Reason | null; readonly detail: string | null }>>;
  /** Held events, the longest held first. */
  held(limit: number): Promise<readonly HeldEvent[]>;
  /** Returns how many may be decided now. */
  release(released: readonly Release[], now: Instant): Promise<number>;
  /** Keeps a page's new events, and the walk if it goes on. Events already journalled are left as they are, but for those that were unreadable. */
  recordPage(resource: Resource, events: readonly NewEvent[], walk: OpenWalk | null): Promise<number>;
  /** Ends walks: what they read may be decided. Returns what is left to do. `dueAt`: when the next poll is due. */
  endPoll(ends: readonly WalkEnd[], now: Instant, dueAt?: Instant): Promise<RemainingWork>;
  readState(): Promise<ReadState>;
  /** Replaces the failures of all lists. A poll writes them only when they changed: most polls change nothing. */
  saveReadFailures(failures: readonly ReadFailure[]): Promise<void>;
  /** From now on these rules of these accounts wait for the next post, if they do not yet. */
  watchNextPosts(
    wanted: readonly { readonly rule: string; readonly account: string }[],
    now: Instant,
  ): Promise<void>;
  conversations(ids: readonly string[]): Promise<ReadonlyMap<string, KnownConversation>>;
  saveConversations(conversations: readonly KnownConversation[]): Promise<void>;
  /** The platform ids under which an account is known to write. */
  ownIds(account: string): Promise<ReadonlySet<string>>;
  /** The accounts that are known to write under a platform id. */
  accountsOf(platformId: string): Promise<readonly string[]>;
  listedAccounts(): Promise<readonly ListedAccount[]>;
  /**
   * Keeps what changed in the list. When accounts are `back`, the lists are read again from when the first of them went
   * missing, and conversations that were known to be of accounts that are not configured are forgotten.
   */
  saveListedAccounts(accounts: readonly ListedAccount[], back?: AccountsBack): Promise<void>;
  /** Blotato's own automations as they were last read; null if they never were. */
  automations(): Promise<SeenAutomations | null>;
  saveAutomations(seen: SeenAutomations): Promise<void>;
  saveOwnId(account: string, platformId: string): Promise<void>;
  isOwnSend(route: SendRoute, messageIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Brings accepted sends up to the status that a list shows. Returns those that changed, as they are now. */
  recordDeliveries(deliveries: readonly DeliveryStatus[], at: Instant): Promise<readonly Send[]>;
  callsSince(route: string, since: Instant): Promise<number>;
  oldestCallSince(route: string, since: Instant): Promise<Instant | null>;
  recordCall(route: string, at: Instant): Promise<void>;
}
