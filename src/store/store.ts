import type { Block } from '../domain/block.js';
import type { Decision } from '../domain/decision.js';
import type { InboundEvent, Platform } from '../domain/event.js';
import type { Facts, GuardFacts, Pause } from '../domain/facts.js';
import type { WaitingRun } from '../domain/funnel.js';
import type { Notice } from '../domain/notice.js';
import type { Reason } from '../domain/reason.js';
import type { Send, SendRoute, SendState } from '../domain/send.js';
import type { Instant, Millis } from '../domain/time.js';
import type { Webhook, WebhookEnd, WebhookState } from '../domain/webhook.js';
import type { ContactsQuery, FunnelFigure, KnownContact } from './contacts.js';

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
  readonly detail: string | null;
  readonly conversationId: string | null;
}

/** An event as the journal keeps it. */
export interface JournalRow {
  readonly seq: number;
  readonly event: InboundEvent;
  readonly rule: string | null;
  readonly reason: Reason | null;
  readonly detail: string | null;
  readonly trace: unknown;
  readonly decidedAt: Instant | null;
}

export interface JournalQuery {
  readonly limit: number;
  readonly reason?: Reason;
  readonly rule?: string;
  readonly account?: string;
  /** Rows after this sequence number only, oldest first. */
  readonly after?: number;
  /** The one with this id only. */
  readonly event?: string;
}

/** How an attempt ended, for the record and for the row. */
export type AttemptEnd =
  | {
      readonly state: 'accepted';
      readonly messageId: string;
      readonly status: string;
      /** What the API says about a status of `failed`. */
      readonly detail?: string | null;
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

export interface Summary {
  readonly reasons: Readonly<Partial<Record<Reason, number>>>;
  readonly sends: Readonly<Partial<Record<SendState, number>>>;
  readonly undecided: number;
  readonly newestEventAt: Instant | null;
  readonly streams: readonly { stream: string; mark: Instant; polledAt: Instant }[];
  readonly pauses: readonly Pause[];
}

/**
 * The journal, the outbox and the memory of contacts, in the words of the domain. Every method is one transaction:
 * a process that dies loses a whole call or nothing. Methods throw StoreError when the store itself is broken.
 */
export interface Store {
  // Poller
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

  // Decisions
  /** Events of whole walks that have no decision yet, oldest first, ties by id. */
  undecided(limit: number): Promise<readonly InboundEvent[]>;
  factsFor(event: InboundEvent, now: Instant, window: FactsWindow): Promise<Facts>;
  /** Journals the decision and puts its actions into the outbox. Returns false if the event was decided already. */
  recordDecision(event: InboundEvent, decision: Decision, now: Instant): Promise<boolean>;
  /** The same for several at once, in their order: all of them or none. Returns the ids of the events it decided. */
  recordDecisions(decided: readonly Decided[]): Promise<ReadonlySet<string>>;

  // Funnels
  /** Contacts whom a funnel asked and who did not answer by their time, with what it took from them last. */
  expiredRuns(
    now: Instant,
    limit: number,
  ): Promise<readonly { readonly run: WaitingRun; readonly event: InboundEvent }[]>;
  /**
   * Ends the run and carries out what the decision says; `spoken` is what its sends answer. Returns false, and does
   * nothing, when the run is not any more where it was.
   */
  recordExpiry(run: WaitingRun, spoken: InboundEvent, decision: Decision, now: Instant): Promise<boolean>;

  /** Who wrote or is in a funnel, in the order of account and id. */
  contacts(query: ContactsQuery): Promise<readonly KnownContact[]>;
  /** The names of all fields that contacts have. */
  contactFields(): Promise<readonly string[]>;
  /** By rule and day. Includes rules that send a private reply and ask nothing. */
  funnelFigures(since: Instant): Promise<readonly FunnelFigure[]>;

  // Outbox
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
  dueForLook(now: Instant, limit: number): Promise<readonly Send[]>;
  /** Puts the next look off without any other change. A look that failed is not counted. */
  postponeLook(send: Send, checkAt: Instant, look: 'counted' | 'uncounted'): Promise<void>;
  /** What the journal has read since then that the account wrote to the send's contact, or under its comment. */
  ownRowsSince(send: Send, since: Instant): Promise<readonly OwnRow[]>;
  /** When the latest send before this one to the same contact ended that was attempted and got no id; null: none. */
  looseEndBefore(send: Send): Promise<Instant | null>;
  /** Of these API ids, those that are tied to a send, or that the journal had before the given time. */
  explained(route: SendRoute, messageIds: readonly string[], before: Instant): Promise<ReadonlySet<string>>;
  /** Whether a send or a webhook is anything but over. */
  hasOpenWork(): Promise<boolean>;
  /** When the next ambiguous or accepted send is to be looked at. */
  nextLookAt(): Promise<Instant | null>;

  /** Sends that wait since before a time, by the time of what they answer, oldest first. */
  waitingSince(before: Instant, limit: number): Promise<readonly Send[]>;
  /** Ends a send that still waits. Returns false when it does not. */
  stopWaiting(
    send: Send,
    why: { readonly reason: Reason; readonly detail: string },
    now: Instant,
  ): Promise<boolean>;

  // Webhooks
  /** Those whose time has come, the longest due first. */
  dueWebhooks(now: Instant, limit: number): Promise<readonly Webhook[]>;
  nextWebhookAt(): Promise<Instant | null>;
  /** Counts the attempt. Nothing changes when it was ended by somebody else. */
  endWebhook(webhook: Webhook, how: WebhookEnd, now: Instant): Promise<void>;
  /** Newest first. */
  webhooks(query: {
    readonly states?: readonly WebhookState[];
    readonly limit: number;
  }): Promise<readonly Webhook[]>;
  retryWebhook(id: number, now: Instant): Promise<Webhook | null>;
  discardWebhook(id: number, now: Instant): Promise<Webhook | null>;

  // What the owner is told
  /** Keeps what was not noted before, and drops what was noted before `before`. */
  noteTrouble(found: readonly Notice[], now: Instant, before: Instant): Promise<void>;
  /** What was not told by this way yet, oldest first. */
  untold(channel: string, limit: number): Promise<readonly (Notice & { readonly id: number })[]>;
  markTold(ids: readonly number[], channel: string, now: Instant): Promise<void>;
  lastTold(channel: string): Promise<Instant | null>;
  /** Calls of rules for a human, newest first. */
  handoffs(limit: number): Promise<readonly Handoff[]>;

  /** Sends that failed or whose outcome nobody knows, and that nobody sent again or gave up, by account and reason. */
  failures(): Promise<readonly { readonly account: string; readonly reason: Reason; readonly n: number }[]>;

  // Accounts that Blotato refuses
  blocks(): Promise<readonly Block[]>;
  /** Begins a block, or says that it goes on. */
  block(block: NewBlock, now: Instant): Promise<void>;
  /** Ends a block. Returns false when there was none. */
  unblock(account: string): Promise<boolean>;

  // Budgets
  callsSince(route: string, since: Instant): Promise<number>;
  oldestCallSince(route: string, since: Instant): Promise<Instant | null>;
  recordCall(route: string, at: Instant): Promise<void>;

  // People and owners
  sends(query: {
    readonly states?: readonly SendState[];
    readonly limit: number;
    readonly eventId?: string;
  }): Promise<readonly Send[]>;
  retrySend(id: number, now: Instant): Promise<Send | null>;
  discardSend(id: number, now: Instant): Promise<Send | null>;
  setPause(pause: Pause): Promise<void>;
  endPause(scope: string): Promise<boolean>;
  journal(query: JournalQuery): Promise<readonly JournalRow[]>;
  summary(): Promise<Summary>;
  queue(now: Instant): Promise<QueueState>;
  /** Deletes texts, names and traces of events and sends that ended before. Returns how many events were emptied. */
  forgetBefore(before: Instant): Promise<number>;
  /**
   * Deletes what the store holds of one person, gives up what was still to be sent to them, and keeps an opt-out for
   * each account that knew them. Null when the store knows nobody of that id.
   */
  forgetContact(contactId: string, now: Instant): Promise<Forgotten | null>;
  close(): Promise<void>;
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

/** What was emptied, and for which accounts an opt-out is kept. */
export interface Forgotten {
  readonly accounts: readonly string[];
  readonly events: number;
  readonly sends: number;
}

/** A decision that is not journalled yet. */
export interface Decided {
  readonly event: InboundEvent;
  readonly decision: Decision;
  readonly now: Instant;
}

export interface NewEvent {
  readonly event: InboundEvent;
  readonly beforeStart: boolean;
}

export interface FactsWindow {
  /** How far back answers to the contact are counted. */
  readonly answers: Millis;
  readonly mode: 'live' | 'shadow';
}

/** A message or public answer of the account, as the journal read it. */
export interface OwnRow {
  /** The API's id. */
  readonly id: string;
  readonly text: string;
  readonly at: Instant;
}

export interface SendBudget {
  readonly perMinute: number;
  readonly perHourPerAccount: number;
  /** By how much the minute of `perMinute` is longer than a minute. @default 0 */
  readonly margin?: Millis;
}

/** A claimed send; or when to ask again (null: nothing is due at any time known now). */
export type Claim = { readonly send: Send } | { readonly send: null; readonly retryAt: Instant | null };
