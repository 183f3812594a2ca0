import type { UnreadableRow } from '../blotato/responses.js';
import type { BlotatoClient } from '../blotato/client.js';
import type { AccountConfig } from '../domain/config.js';
import type { EventKind, InboundEvent, Platform } from '../domain/event.js';
import type { Instant } from '../domain/time.js';
import type { ConversationFailures } from './conversation-failures.js';
import type { Resource, NewEvent, DeliveryStatus, PollStore } from '../store/ports/polls.js';

/** Dependencies of reading a list. */
export interface SourceParts {
  readonly store: PollStore;
  readonly client: BlotatoClient;
  /** Configured accounts, keyed by Blotato's id. */
  readonly accounts: ReadonlyMap<string, AccountConfig>;
  /** An account's username on its platform, as listed by Blotato; null if absent. */
  readonly usernameOf: (accountId: string) => string | null;
  /** True if Blotato has listed the account since the start. @default true */
  readonly isListed?: (accountId: string) => boolean;
  /** True if the id certainly belongs to an account that is not configured. @default true for each such id */
  readonly isForeign?: (accountId: string) => boolean;
  /** Conversations that could not be read. @default a new one */
  readonly failures?: ConversationFailures;
}

/** A row of a list, before its account is known. */
export interface SourceRow {
  readonly id: string;
  readonly platform: string;
  readonly at: Instant;
  readonly delivery: DeliveryStatus;
}

/** A page of a list, newest first. */
export interface SourcePage<Row extends SourceRow> {
  readonly rows: readonly Row[];
  /** Rows that do not match the description. */
  readonly unreadable: readonly UnreadableRow[];
  /** Page token of the next page; null if the API returns none. The last page may have one as well. */
  readonly pageToken: string | null;
}

/** A list of the API, as used by the walk. */
export interface Source<Row extends SourceRow = SourceRow> {
  readonly resource: Resource;
  readonly kind: EventKind;
  page(
    platforms: readonly Platform[],
    pageToken: string | null,
    signal: AbortSignal,
  ): Promise<SourcePage<Row>>;
  /** A page of the rows of one conversation. Missing if the API has no such list. */
  pageOf?(
    conversationId: string,
    platforms: readonly Platform[],
    pageToken: string | null,
    signal: AbortSignal,
  ): Promise<SourcePage<Row>>;
  /** Converts rows that are not in the journal to events; leaves out accounts that are not configured. */
  toEvents(
    rows: readonly Row[],
    isBeforeStart: (row: Row) => boolean,
    signal: AbortSignal,
  ): Promise<NewEvent[]>;
  /** An event for an unreadable row; null if its account or platform is not ours. */
  toUnreadable(
    row: UnreadableRow,
    platforms: readonly Platform[],
    now: Instant,
  ): Promise<InboundEvent | null>;
  /** Tries to release held events. Throws the errors of the store. */
  release?(now: Instant, signal: AbortSignal): Promise<void>;
}
