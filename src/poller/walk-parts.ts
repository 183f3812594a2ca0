import type { InboundEvent, Platform } from '../domain/event.js';
import type { Send } from '../domain/send.js';
import type { Clock, Instant, Millis } from '../domain/time.js';
import type { Seen } from './seen.js';
import type { Source } from './source.js';
import type { PollState, PollStore, Resource, WalkEnd } from '../store/ports/polls.js';

export interface WalkSettings {
  readonly overlap: Millis;
  /** Maximum age of events on the very first start; 0 replies to nothing older. */
  readonly lookback: Millis;
}

export interface WalkParts {
  readonly store: PollStore;
  /** State from the store at the start of the poll. */
  readonly known: PollState;
  /** Cache of rows seen by previous polls. */
  readonly seen: Seen;
  /** True if rows that are left out can never belong to a configured account. @default true */
  readonly areAllListed?: () => boolean;
  readonly settings: WalkSettings;
  readonly clock: Clock;
  /** The API's clock, which dates rows. */
  readonly apiNow: () => Instant;
  /** Called when a list shows the end of one of our sends. */
  readonly onEnded: (send: Send) => void;
  /** Called when an unreadable row is journalled. */
  readonly onUnreadable?: (event: InboundEvent, detail: string) => void;
  /** Called when the first start has read many pages and continues. */
  readonly onLongStart?: (resource: Resource, pages: number) => void;
  /** Called after a page was stored while the walk continues, except by the first start. */
  readonly onOpenPage?: (page: OpenPage) => Promise<void>;
  readonly signal: AbortSignal;
}

/** The lower bounds of a walk. */
export interface Bounds {
  /** Time of each platform before which rows are old. */
  readonly floors: ReadonlyMap<string, Instant>;
  /** The earliest of them. */
  readonly lowest: Instant;
  readonly platforms: readonly Platform[];
}

/** A stored page after which the walk continues. */
export interface OpenPage {
  readonly source: Source;
  readonly bounds: Bounds;
  /** Number of the page in this poll, from 1. */
  readonly pages: number;
}

/** Result of a walk. */
export interface Walked {
  /** Number of new events. */
  readonly added: number;
  /** Completed walks: they are ended together with all others of the poll, before anything is decided. */
  readonly ends: readonly WalkEnd[];
}

export type Watermarks = ReadonlyMap<Platform, Instant>;

export const NO_WATERMARKS: Watermarks = new Map();

/** Replaces a resume token: the walk is incomplete, and there is no cursor to continue with. */
export const FROM_NEWEST = '';
