import type { Direction, EventKind, Platform } from '../domain/event.js';
import type { Pause } from '../domain/facts.js';
import type { Reason } from '../domain/reason.js';
import type { Send, SendState } from '../domain/send.js';
import type { Instant } from '../domain/time.js';
import type { FunnelFigure, FunnelPlace } from './contacts.js';
import type { JournalRow } from './ports/journal.js';
import type { Handoff } from './ports/owner.js';

export interface FeedQuery {
  readonly limit: number;
  /** Rows before this sequence number only. */
  readonly before?: number | undefined;
  readonly reason?: Reason | undefined;
  readonly rule?: string | undefined;
  readonly account?: string | undefined;
  /** Only what others wrote. */
  readonly withoutOwn?: boolean | undefined;
}

export interface SearchQuery {
  /** Part of a text, a name or a username; case and accents do not matter. */
  readonly text: string;
  readonly limit: number;
  readonly before?: number | undefined;
  readonly account?: string | undefined;
}

export interface FeedPage {
  readonly rows: readonly JournalRow[];
  /** Older ones may be among the events before this one; null if not set: all were searched. */
  readonly before: number | null;
}

/** What a contact told a funnel, or a rule set. */
export interface Lead {
  readonly account: string;
  readonly contactId: string;
  readonly name: string | null;
  readonly fields: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  /** Of the latest change. */
  readonly at: Instant;
}

/** Contacts with fields whose latest change was in an hour, counted from 1970. */
export interface LeadHour {
  readonly hour: number;
  readonly n: number;
  /** Those with an e-mail address. */
  readonly emails: number;
}

/** A call for a human that waits, with the person's name and latest words. */
export interface OpenHandoff extends Handoff {
  readonly name: string | null;
  readonly words: string | null;
}

/** How many events of an hour ended so. Hours are counted from 1970. */
export interface Figure {
  readonly hour: number;
  readonly rule: string | null;
  readonly reason: Reason | null;
  readonly account: string | null;
  readonly n: number;
}

export interface Attempt {
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  readonly outcome: string | null;
  readonly detail: string | null;
}

/** A contact of an account, by the latest that was written between them. */
export interface Person {
  readonly seq: number;
  readonly account: string;
  readonly platform: Platform;
  readonly contactId: string;
  readonly name: string | null;
  readonly username: string | null;
  readonly text: string;
  readonly at: Instant;
  readonly direction: Direction;
  readonly isOptedOut: boolean;
  readonly isPaused: boolean;
}

export interface PeopleQuery {
  readonly limit: number;
  /** By what was written before this sequence number. */
  readonly before?: number | undefined;
  /** Which pauses count. */
  readonly now: Instant;
}

export interface PeoplePage {
  readonly people: readonly Person[];
  /** Older ones are among the events before this one; null: there are none. */
  readonly before: number | null;
}

/** One message or comment between an account and a contact. */
export interface Utterance {
  /** The journal's id; null for a send that no list has shown yet. */
  readonly eventId: string | null;
  readonly kind: EventKind;
  readonly at: Instant;
  readonly text: string;
  /** `rule`: we wrote it; `human`: somebody of the account did. */
  readonly by: 'contact' | 'rule' | 'human' | 'unknown';
  readonly rule: string | null;
  readonly reason: Reason | null;
  readonly state: SendState | null;
}

export interface Troubles {
  /** Failed, or of unknown outcome. */
  readonly sends: number;
  /** Given up. */
  readonly webhooks: number;
  readonly handoffs: number;
}

/** What the dashboard shows. Only reads, and no answer takes longer the more history there is. */
export interface Reports {
  /** Newest first. */
  feed(query: FeedQuery): Promise<readonly JournalRow[]>;
  event(id: string): Promise<JournalRow | null>;
  sendsOf(eventId: string): Promise<readonly Send[]>;
  attemptsOf(sendId: number): Promise<readonly Attempt[]>;
  figures(since: Instant): Promise<readonly Figure[]>;
  /** Of those who came into a funnel since then: what became of them day by day, and where they are. */
  funnels(
    since: Instant,
  ): Promise<{ readonly figures: readonly FunnelFigure[]; readonly places: readonly FunnelPlace[] }>;
  /** How many there are of what a human has to look at; calls for one since then. */
  troubles(since: Instant): Promise<Troubles>;
  /** Calls of rules for a human since then, newest first, but for those after which a human wrote. */
  handoffs(since: Instant, limit: number): Promise<readonly OpenHandoff[]>;
  /** Sends that failed or whose outcome nobody knows, newest first. */
  troubled(limit: number): Promise<readonly Send[]>;
  /** Who wrote or was written to, latest first. */
  people(query: PeopleQuery): Promise<PeoplePage>;
  /** The journal, newest first, by a part of its texts and names. */
  search(query: SearchQuery): Promise<FeedPage>;
  /** People by name or by what was written, with the text that matches. */
  searchPeople(query: SearchQuery & { readonly now: Instant }): Promise<PeoplePage>;
  /** Those whom a rule handed to a human since then, while no human has written to them. */
  waitingPeople(since: Instant, now: Instant): Promise<readonly Person[]>;
  /** Contacts with fields, latest first. */
  leads(limit: number): Promise<readonly Lead[]>;
  leadHours(since: Instant): Promise<readonly LeadHour[]>;
  /** As last seen; null: it was never said. */
  nameOf(account: string, contactId: string): Promise<string | null>;
  pauses(): Promise<readonly Pause[]>;
  isOptedOut(account: string, contactId: string): Promise<boolean>;
  /** Oldest first, the latest `limit`. */
  dialogue(account: string, contactId: string, limit: number): Promise<readonly Utterance[]>;
  close(): Promise<void>;
}
