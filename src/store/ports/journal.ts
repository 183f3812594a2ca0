import type { Decision, PlannedAction, Trace } from '../../domain/decision.js';
import type { InboundEvent } from '../../domain/event.js';
import type { Facts } from '../../domain/facts.js';
import type { Reason } from '../../domain/reason.js';
import type { Instant, Millis } from '../../domain/time.js';

/** The part of a decision stored as JSON, besides its columns. */
export interface Journalled extends Trace {
  readonly actions: readonly PlannedAction[];
  readonly effects?: Decision['effects'];
  readonly runs?: Decision['runs'];
}

/** A record of the journal; `damage` describes what cannot be parsed, and is null if nothing is damaged. */
export interface Kept {
  readonly trace: Journalled | null;
  readonly damage: string | null;
}

/** An event as stored in the journal. */
export interface JournalRow extends Kept {
  readonly seq: number;
  readonly event: InboundEvent;
  readonly rule: string | null;
  readonly reason: Reason | null;
  /** Details of the reason, then the results of fetches and codes. */
  readonly detail: string | null;
  readonly decidedAt: Instant | null;
}

export interface JournalQuery {
  readonly limit: number;
  readonly reason?: Reason;
  /** The rule that decided, or acted in shadow beside another one. */
  readonly rule?: string;
  readonly account?: string;
  /** Filter for rows after this sequence number, oldest first. */
  readonly after?: number;
  /** Filter for rows before this sequence number, newest first. */
  readonly before?: number;
  /** Filter for the events with these ids, in place of all other filters. */
  readonly events?: readonly string[];
}

/** A decision that is not journalled yet. */
export interface Decided {
  readonly event: InboundEvent;
  readonly decision: Decision;
  readonly now: Instant;
}

/** A contact whose messages wait for an incomplete walk. */
export interface WaitingContact {
  readonly account: string;
  readonly contactId: string;
  readonly conversationId: string;
}

export interface FactsWindow {
  /** Age up to which replies to the contact are counted. */
  readonly answers: Millis;
  readonly mode: 'live' | 'shadow';
  /** True to read the contact's earlier texts, for the language. @default false */
  readonly said?: boolean;
}

/** Events and the decisions about them. Every method is one transaction. */
export interface JournalStore {
  /** The events among these that are older than the lookback of the first start: no rule decides them. */
  beforeStart(eventIds: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Undecided events of completed walks. The contact who wrote last is first, and the events of one contact
   * are oldest first, ties by id. With `now`, leaves out events that wait until later than that.
   */
  undecided(limit: number, now?: Instant): Promise<readonly InboundEvent[]>;
  /**
   * Undecided events of the contacts with undecided messages in these conversations, in the order of `undecided`.
   * Messages in the conversations need not wait for an incomplete walk: the caller has read them completely.
   */
  undecidedIn(conversationIds: readonly string[], now: Instant): Promise<readonly InboundEvent[]>;
  /**
   * The contacts of the freshest undecided messages of an incomplete walk, the contact who wrote last first. Leaves
   * out the conversations of `except`, and contacts whose decision depends on more than one conversation: another
   * conversation, a running funnel, a draft, a held message.
   */
  waitingContacts(limit: number, now: Instant, except: readonly string[]): Promise<readonly WaitingContact[]>;
  /** Undecided messages of the event's contact in its conversation, itself included, oldest first. */
  undecidedWith(event: InboundEvent, limit: number): Promise<readonly InboundEvent[]>;
  /** Sets the time until which undecided messages wait for their contact to pause. */
  settle(eventIds: readonly string[], until: Instant): Promise<void>;
  factsFor(event: InboundEvent, now: Instant, window: FactsWindow): Promise<Facts>;
  /**
   * Journals the decision and puts its actions into the outbox. Returns false if the event was already
   * decided.
   */
  recordDecision(event: InboundEvent, decision: Decision, now: Instant): Promise<boolean>;
  /** Journals several decisions, in order: all or none. Returns the ids of the events it decided. */
  recordDecisions(decided: readonly Decided[]): Promise<ReadonlySet<string>>;
  journal(query: JournalQuery): Promise<readonly JournalRow[]>;
  /** Up to `limit` events that follow a time and an id, oldest first, ties by id, with the reason of each decision. */
  eventsAfter(
    place: Pick<InboundEvent, 'at' | 'id'>,
    limit: number,
  ): Promise<readonly Pick<JournalRow, 'event' | 'reason'>[]>;
  /**
   * Deletes texts, names and traces of events and sends that ended before. Returns the number of emptied
   * events.
   */
  forgetBefore(before: Instant): Promise<number>;
}
