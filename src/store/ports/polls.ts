import type { InboundEvent, Platform } from '../../domain/event.js';
import type { Refusal } from '../../domain/refusal.js';
import type { Send, SendRoute } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';

/** What the API lists: one sequence of rows, newest first, for several platforms. */
export type Resource = 'messages' | 'comments';

/** A walk that is not whole yet: where to go on, and what to take as the mark when it is. */
export interface OpenWalk {
  readonly platforms: readonly Platform[];
  readonly pageToken: string;
  readonly newestAt: Instant;
}

/** What is known when a poll begins. */
export interface Known {
  /** Until when each platform of a list was read. */
  readonly marks: Readonly<Partial<Record<Resource, ReadonlyMap<Platform, Instant>>>>;
  readonly walks: Readonly<Partial<Record<Resource, OpenWalk>>>;
  /** Calls of the routes that were asked about, whoever made them. */
  readonly calls: ReadonlyMap<string, number>;
  /** Routes of which a send is of unknown fate, so that lists have to be read for it. */
  readonly ambiguous: ReadonlySet<SendRoute>;
  /** Whether a send or a webhook is anything but over. */
  readonly hasOpenWork: boolean;
}

/** A list was read whole: the marks of its platforms move, and all that was written until `at` is read. */
export interface WalkEnd {
  readonly resource: Resource;
  readonly marks: ReadonlyMap<Platform, Instant>;
  readonly at: Instant;
}

/** What is left to do when a poll has read. */
export interface Left {
  /** Events without a decision. */
  readonly undecided: boolean;
  /** Contacts who did not answer a funnel in time. */
  readonly expired: boolean;
  readonly openWork: boolean;
}

export interface NewEvent {
  readonly event: InboundEvent;
  readonly beforeStart: boolean;
}

/** Whose conversation it is and with whom. */
export interface KnownConversation {
  readonly id: string;
  readonly accountId: string;
  readonly participants: readonly { id: string | null; name: string | null; username: string | null }[];
}

/** A status that the API reports for a message or comment that may be a send of ours. */
export interface Delivery {
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
   * What a poll has to know, at once: most polls find nothing new. `choose` says which routes it is about to call, and
   * these calls are counted: so a crash counts one too many, never one too few. Of `routes`, the calls since `since` are
   * told.
   */
  beginPoll(
    budget: { readonly routes: readonly string[]; readonly since: Instant },
    now: Instant,
    choose: (known: Known) => readonly string[],
  ): Promise<Known>;
  /** Of these API ids, those that the journal holds. */
  journalled(resource: Resource, sourceIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Keeps a page's new events, and the walk if it goes on. Events already journalled are left as they are. */
  recordPage(resource: Resource, events: readonly NewEvent[], walk: OpenWalk | null): Promise<number>;
  /** Ends walks: what they read may be decided. Tells what is left to do. */
  endPoll(ends: readonly WalkEnd[], now: Instant): Promise<Left>;
  /** From now on these rules of these accounts wait for the next post, if they do not yet. */
  watchNextPosts(
    wanted: readonly { readonly rule: string; readonly account: string }[],
    now: Instant,
  ): Promise<void>;
  conversations(ids: readonly string[]): Promise<ReadonlyMap<string, KnownConversation>>;
  saveConversations(conversations: readonly KnownConversation[]): Promise<void>;
  /** The platform ids under which an account is known to write. */
  ownIds(account: string): Promise<ReadonlySet<string>>;
  saveOwnId(account: string, platformId: string): Promise<void>;
  isOwnSend(route: SendRoute, messageIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Brings accepted sends up to the status that a list shows. Returns those that changed, as they are now. */
  recordDeliveries(deliveries: readonly Delivery[], at: Instant): Promise<readonly Send[]>;
  callsSince(route: string, since: Instant): Promise<number>;
  oldestCallSince(route: string, since: Instant): Promise<Instant | null>;
  recordCall(route: string, at: Instant): Promise<void>;
}
