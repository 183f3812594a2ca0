import type { ContactState } from '../domain/contact-state.js';
import type { RunOutcome, RunState } from '../domain/funnel.js';
import type { Reason } from '../domain/reason.js';
import type { Instant } from '../domain/time.js';

/** One way of a contact through a funnel. */
export interface RunView {
  readonly rule: string;
  /** `asking`: the question is on its way. `sending`: nothing is asked, and the first message is on its way. */
  readonly state: RunState;
  readonly outcome: RunOutcome | null;
  readonly detail: string | null;
  /** The step that asks, counted from 1; null: none. */
  readonly step: number | null;
  readonly steps: number;
  readonly startedAt: Instant;
  readonly deadline: Instant | null;
  readonly endedAt: Instant | null;
}

/** Somebody who wrote to an account, or was written to. */
export interface KnownContact extends ContactState {
  readonly account: string;
  readonly contactId: string;
  readonly name: string | null;
  readonly username: string | null;
  /** When they wrote last. */
  readonly lastAt: Instant | null;
  readonly isOptedOut: boolean;
  /** Newest first. */
  readonly runs: readonly RunView[];
}

export interface ContactsQuery {
  readonly limit: number;
  /** Those behind this one, in the order of account and id. */
  readonly after?: { readonly account: string; readonly contactId: string } | undefined;
  readonly account?: string | undefined;
  readonly tag?: string | undefined;
  /** Those who are or were in the funnel of this rule. */
  readonly funnel?: string | undefined;
  readonly contactId?: string | undefined;
}

/** What became, on one day (UTC), of those who came into a funnel on that day. */
export interface FunnelFigure {
  readonly rule: string;
  /** `2026-11-24`. */
  readonly day: string;
  readonly reached: number;
  /** Their first message was sent. */
  readonly sent: number;
  readonly answered: number;
  readonly completed: number;
  /** Still on the way. */
  readonly open: number;
  /** First messages that did not arrive, by reason. */
  readonly refused: Readonly<Partial<Record<Reason, number>>>;
  /** All that ended, by how. */
  readonly outcomes: Readonly<Partial<Record<RunOutcome, number>>>;
}

/** How many contacts are, or ended, at a step of a funnel. */
export interface FunnelPlace {
  readonly rule: string;
  /** Of the `ask`, from 0; null: nothing was asked. */
  readonly step: number | null;
  /** Null: still on the way. */
  readonly outcome: RunOutcome | null;
  readonly n: number;
}
