import type { ContactState } from '../../domain/contact-state.js';
import type { RunOutcome, RunState } from '../../domain/funnel.js';
import type { Reason } from '../../domain/reason.js';
import type { Instant } from '../../domain/time.js';

/** A funnel run of a contact. */
export interface RunView {
  readonly rule: string;
  /**
   * `asking`: the question is being sent. `sending`: nothing is asked, and the first message is being sent.
   */
  readonly state: RunState;
  readonly outcome: RunOutcome | null;
  readonly detail: string | null;
  /** The step of the question, counted from 1; null if there is no question. */
  readonly step: number | null;
  readonly steps: number;
  readonly startedAt: Instant;
  readonly deadline: Instant | null;
  readonly endedAt: Instant | null;
}

/** A contact who wrote to an account, or was written to. */
export interface KnownContact extends ContactState {
  readonly account: string;
  readonly contactId: string;
  readonly name: string | null;
  readonly username: string | null;
  /** Time of the contact's last message. */
  readonly lastAt: Instant | null;
  readonly isOptedOut: boolean;
  /** Funnel runs, newest first. */
  readonly runs: readonly RunView[];
}

export interface ContactsQuery {
  readonly limit: number;
  /** Contact after which the page starts, in order of account and id. */
  readonly after?: { readonly account: string; readonly contactId: string } | undefined;
  readonly account?: string | undefined;
  readonly tag?: string | undefined;
  /** Filter for contacts who are or were in the funnel of this rule. */
  readonly funnel?: string | undefined;
  readonly contactId?: string | undefined;
}

/** Results of the runs of a funnel that started on one day (UTC). */
export interface FunnelFigure {
  readonly rule: string;
  /** Day on which the runs started, as `2026-11-24`. */
  readonly day: string;
  readonly reached: number;
  /** Number of runs whose first message was sent. */
  readonly sent: number;
  readonly answered: number;
  readonly completed: number;
  /** Number of runs still active. */
  readonly open: number;
  /** Number of first messages that did not arrive, by reason. */
  readonly refused: Readonly<Partial<Record<Reason, number>>>;
  /** Number of ended runs, by outcome. */
  readonly outcomes: Readonly<Partial<Record<RunOutcome, number>>>;
}
