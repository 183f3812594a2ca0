// JSON data about the caller, and of the view over all workspaces.
import type { Role } from '../domain/role.js';
import type { Instant } from '../domain/time.js';
import type { NowView } from './views.js';

/** Access of a caller, and the token to ask for. */
export interface SessionView {
  readonly isIn: boolean;
  /** True if a token is required; without one, only this machine has access, by its own host names. */
  readonly needsToken: boolean;
  /** The keys of the configuration that hold the tokens. */
  readonly token: string;
  /** Name of the workspace; null if there is only one. */
  readonly workspace: string | null;
  /** Selected view of the agency: all workspaces, or one; null for other tokens. */
  readonly agency: 'all' | 'one' | null;
  /** Name and role of the caller's token; the role `viewer` without access. */
  readonly name: string;
  readonly role: Role;
}

/** A workspace in the view over all workspaces. */
export interface AgencyRow {
  readonly workspace: string;
  readonly mode: NowView['mode'];
  readonly isPaused: boolean;
  readonly readAt: Instant | null;
  readonly isReadLate: boolean;
  readonly failing: readonly string[];
  /** Last error of each of these lists. */
  readonly causes: Readonly<Record<string, string>>;
  readonly isKeyRefused: boolean;
  /** Number of replies in the queue. */
  readonly queue: number;
  /** Names of the accounts that Blotato refuses to send for. */
  readonly blocked: readonly string[];
  /** Number of people who wait for a human. */
  readonly handoffs: number;
  /** Number of replies and webhooks that failed. */
  readonly failures: number;
  readonly answered: number;
  readonly leads: number;
  /** The first error of its rule files; null if they have none. */
  readonly rulesFault: string | null;
  /** The reason why the state of the workspace cannot be shown; null if it can. */
  readonly error: string | null;
}

export interface AgencyView {
  readonly rows: readonly AgencyRow[];
  /** Range of the figures. */
  readonly days: number;
}
