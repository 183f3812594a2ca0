import type { UnreadableRow } from '../blotato/responses.js';
import type { BlotatoClient } from '../blotato/client.js';
import type { AccountConfig } from '../domain/config.js';
import type { EventKind, InboundEvent, Platform } from '../domain/event.js';
import type { Instant } from '../domain/time.js';
import type { ConversationFailures } from './conversation-failures.js';
import type { Resource, NewEvent, DeliveryStatus, PollStore } from '../store/ports/polls.js';

/** What reading a resource needs. */
export interface SourceParts {
  readonly store: PollStore;
  readonly client: BlotatoClient;
  /** By Blotato's id. */
  readonly accounts: ReadonlyMap<string, AccountConfig>;
  /** An account's username on its platform, as Blotato lists it; null when it does not say. */
  readonly usernameOf: (accountId: string) => string | null;
  /** Whether Blotato has listed the account since the start. @default it has */
  readonly isListed?: (accountId: string) => boolean;
  /** Whether an id is surely of an account that is not configured. @default each that is not */
  readonly isForeign?: (accountId: string) => boolean;
  /** Conversations that could not be read. @default a new one */
  readonly failures?: ConversationFailures;
}

/** A row of a list, before anybody knows whose it is. */
export interface SourceRow {
  readonly id: string;
  readonly platform: string;
  readonly at: Instant;
  readonly delivery: DeliveryStatus;
}

/** A page of a list, newest first. */
export interface SourcePage<Row extends SourceRow> {
  readonly rows: readonly Row[];
  /** Rows that do not fit the description. */
  readonly unreadable: readonly UnreadableRow[];
  /** Null if the API gives none; it may give one on the last page. */
  readonly pageToken: string | null;
}

/** One of the lists that the API gives, as the walk reads it. */
export interface Source<Row extends SourceRow = SourceRow> {
  readonly resource: Resource;
  readonly kind: EventKind;
  page(
    platforms: readonly Platform[],
    pageToken: string | null,
    signal: AbortSignal,
  ): Promise<SourcePage<Row>>;
  /** Rows that the journal does not hold, as events; rows of accounts that are not configured are left out. */
  toEvents(
    rows: readonly Row[],
    isBeforeStart: (row: Row) => boolean,
    signal: AbortSignal,
  ): Promise<NewEvent[]>;
  /** An event for a row that cannot be read; null if it is of an account or a platform that is not ours. */
  toUnreadable(
    row: UnreadableRow,
    platforms: readonly Platform[],
    now: Instant,
  ): Promise<InboundEvent | null>;
  /** Reads again what held events back. Throws what the store throws. */
  release?(now: Instant, signal: AbortSignal): Promise<void>;
}
