import type { Direction, EventKind, Platform } from '../../domain/event.js';
import type { Pause } from '../../domain/facts.js';
import type { Reason } from '../../domain/reason.js';
import type { Send, SendState } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';
import type { FunnelFigure } from './contact-views.js';
import type { JournalRow } from './journal.js';
import type { FunnelShape, Standing, StandingQuery, StepTime } from './funnel-shapes.js';
import type { FunnelStore } from './funnels.js';
import type { Writer } from './hand.js';
import type { OpenHandoff } from './owner.js';

export interface FeedQuery {
  readonly limit: number;
  /** Filter for rows before this sequence number. */
  readonly before?: number | undefined;
  readonly reason?: Reason | undefined;
  readonly rule?: string | undefined;
  readonly account?: string | undefined;
  /** True to leave out messages of the account itself. */
  readonly withoutOwn?: boolean | undefined;
}

export interface SearchQuery {
  /** Search term: part of a text, a name or a username; case and accents are ignored. */
  readonly text: string;
  readonly limit: number;
  readonly before?: number | undefined;
  readonly account?: string | undefined;
}

export interface FeedPage {
  readonly rows: readonly JournalRow[];
  /** Sequence number before which older matches may exist; null if everything was searched. */
  readonly before: number | null;
}

/** Contact data collected by funnels or set by rules. */
export interface Lead {
  readonly account: string;
  readonly contactId: string;
  readonly name: string | null;
  readonly fields: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  /** Time of the latest change of a field. */
  readonly at: Instant;
}

/** Number of contacts with fields whose latest change was in an hour, counted from 1970. */
export interface LeadHour {
  readonly hour: number;
  readonly n: number;
  /** Number of contacts with an e-mail address. */
  readonly emails: number;
}

/** Number of events by hour and result. Hours are counted from 1970. */
export interface Figure {
  readonly hour: number;
  readonly rule: string | null;
  readonly reason: Reason | null;
  readonly account: string | null;
  readonly n: number;
}

/** Number of events by hour and reason. */
export type ReasonHour = Pick<Figure, 'hour' | 'reason' | 'n'>;

export interface Attempt {
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  readonly outcome: string | null;
  readonly detail: string | null;
}

/** A contact of an account, with the latest message between them. */
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
  /** True if a rule handed the conversation to a human, who has not written since. */
  readonly isHandedOff: boolean;
  /** True if it is handed off, or a draft to the contact waits for approval. */
  readonly waitsForHuman: boolean;
  /** True if the contact said the last thing and no reply to it was sent; false after an opt-out. */
  readonly isUnanswered: boolean;
  /** End of the window for replies to messages, possibly past; null without a window. */
  readonly windowEndsAt: Instant | null;
}

/** Filters of the list of conversations. */
export const SHOWS = ['all', 'human', 'handoff', 'unanswered'] as const;
export type Show = (typeof SHOWS)[number];

/** Orders of the list of conversations: the latest event first, or the window that ends next. */
export const SORTS = ['latest', 'window'] as const;

export interface PeopleQuery {
  readonly limit: number;
  /** @default all */
  readonly show?: Show | undefined;
  /**
   * Order. By `window`, only open windows are listed, except for contacts who wait for a human.
   * @default latest
   */
  readonly sort?: (typeof SORTS)[number] | undefined;
  readonly account?: string | undefined;
  /** Place after which a page in the order `window` begins: `after` of the page before it. */
  readonly after?: string | undefined;
  /** Considers only what was written before this sequence number. */
  readonly before?: number | undefined;
  /** Time for which pauses are evaluated. */
  readonly now: Instant;
}

export interface PeoplePage {
  readonly people: readonly Person[];
  /** Sequence number of the event before which older contacts are found; null on the last page. */
  readonly before: number | null;
  /** Place after which the next page in the order `window` begins; null on the last page. */
  readonly after: string | null;
}

/** A message or comment between an account and a contact. */
export interface Utterance {
  /** The journal's id; null for a send that no list has shown yet. */
  readonly eventId: string | null;
  readonly kind: EventKind;
  readonly at: Instant;
  readonly text: string;
  readonly by: Writer;
  readonly rule: string | null;
  readonly reason: Reason | null;
  readonly state: SendState | null;
}

export interface Troubles {
  /** Number of sends that failed or whose outcome is unknown. */
  readonly sends: number;
  /** Number of dead letters. */
  readonly webhooks: number;
  readonly handoffs: number;
}

/** Queries of the dashboard. Read-only; their duration does not grow with the history. */
export interface Reports {
  /** Rows of the journal, newest first. */
  feed(query: FeedQuery): Promise<readonly JournalRow[]>;
  event(id: string): Promise<JournalRow | null>;
  sendsOf(eventId: string): Promise<readonly Send[]>;
  attemptsOf(sendId: number): Promise<readonly Attempt[]>;
  figures(since: Instant): Promise<readonly Figure[]>;
  /** Like `figures`, of all rules and accounts together: a month has 1,000 rows in place of 20,000. */
  reasonsByHour(since: Instant): Promise<readonly ReasonHour[]>;
  /** Results of the funnel runs started since then, by day. */
  funnels(since: Instant): Promise<readonly FunnelFigure[]>;
  /** Steps of the funnel runs started since then, by version of each funnel, the newest of a rule first. */
  funnelShapes(since: Instant): Promise<readonly FunnelShape[]>;
  /** Times between the steps of a version of a funnel, of runs started since then; only of steps after which runs continued. */
  stepTimes(version: Pick<FunnelShape, 'rule' | 'id'>, since: Instant): Promise<readonly StepTime[]>;
  /** Contacts who stand at a step of a funnel, those longest there first. */
  standing(query: StandingQuery): Promise<readonly Standing[]>;
  branchFigures: FunnelStore['branchFigures'];
  /** Numbers of problems that need a human; handoffs since then. */
  troubles(since: Instant): Promise<Troubles>;
  /** Handoffs since then, newest first, without those after which a human wrote. */
  handoffs(since: Instant, limit: number): Promise<readonly OpenHandoff[]>;
  /** Sends that failed or whose outcome is unknown, newest first. */
  troubled(limit: number): Promise<readonly Send[]>;
  /** Contacts who wrote or were written to, each once; a page reads a limited number of events. */
  people(query: PeopleQuery): Promise<PeoplePage>;
  /** Searches texts and names of the journal, newest first. */
  search(query: SearchQuery): Promise<FeedPage>;
  /** Searches contacts by name or text, each with the matching text. */
  searchPeople(query: SearchQuery & Pick<PeopleQuery, 'now' | 'show'>): Promise<PeoplePage>;
  /** Number of contacts who wait for a human. */
  waiting(now: Instant): Promise<number>;
  /** Contacts with fields, latest first. */
  leads(limit: number): Promise<readonly Lead[]>;
  leadHours(since: Instant): Promise<readonly LeadHour[]>;
  /** Name as last seen; null if never listed. */
  nameOf(account: string, contactId: string): Promise<string | null>;
  pauses(): Promise<readonly Pause[]>;
  isOptedOut(account: string, contactId: string): Promise<boolean>;
  /** The latest `limit` messages and comments between an account and a contact, oldest first. */
  dialogue(account: string, contactId: string, limit: number): Promise<readonly Utterance[]>;
  close(): Promise<void>;
}
