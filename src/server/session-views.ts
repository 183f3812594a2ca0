// JSON data about the caller, and of the view over all workspaces.
import type { Instant } from '../domain/time.js';
import type { NowView } from './views.js';

/** What a caller may see, and which token is asked for. */
export interface SessionView {
  readonly isIn: boolean;
  /** Without a token, only this machine has access, by its own host names. */
  readonly needsToken: boolean;
  /** The keys of the configuration that hold the tokens. */
  readonly token: string;
  /** Null where there is only one. */
  readonly workspace: string | null;
  /** For a token of the agency: the view over all workspaces, or one of them. */
  readonly agency: 'all' | 'one' | null;
}

/** A workspace in the view over all. */
export interface AgencyRow {
  readonly workspace: string;
  readonly mode: NowView['mode'];
  readonly isPaused: boolean;
  readonly readAt: Instant | null;
  readonly isReadLate: boolean;
  readonly failing: readonly string[];
  readonly isKeyRefused: boolean;
  /** Replies in the queue. */
  readonly queue: number;
  /** Accounts that Blotato refuses. */
  readonly blocked: readonly string[];
  /** People who wait for a human. */
  readonly handoffs: number;
  /** Replies and webhooks that failed. */
  readonly failures: number;
  readonly answered: number;
  readonly leads: number;
  /** The first error of its rule files; null if they have none. */
  readonly rulesFault: string | null;
  /** Why its state cannot be shown; null if it is. */
  readonly error: string | null;
}

export interface AgencyView {
  readonly rows: readonly AgencyRow[];
  /** Range of the figures. */
  readonly days: number;
}
