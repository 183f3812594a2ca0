import type { Funnel, RunOutcome, RunState } from '../../domain/funnel.js';
import type { Instant, Millis } from '../../domain/time.js';

/** Passages through one step of a funnel. */
export interface StepFigure {
  readonly step: number;
  /** Number of runs that took the step. */
  readonly reached: number;
}

/** Times from a step to the next one, of the latest runs. */
export interface StepTime {
  readonly step: number;
  /** Median time from this step to the next one that the run took. */
  readonly median: Millis;
  /** Time within which nine of ten runs continued. */
  readonly most: Millis;
}

/** Number of runs that are, or ended, at a step. */
export interface StepPlace {
  /** Position of the question, wait or work; null if the run never halted. */
  readonly step: number | null;
  /** Outcome of the runs; null for active ones. */
  readonly outcome: RunOutcome | null;
  readonly n: number;
}

/** Runs of one version of a funnel: an edit of its rule begins another. */
export interface FunnelShape {
  readonly rule: string;
  /** Number of the version. */
  readonly id: number;
  readonly funnel: Funnel;
  readonly reached: number;
  readonly steps: readonly StepFigure[];
  readonly places: readonly StepPlace[];
}

/** A contact who stands in a funnel. */
export interface Standing {
  /** Number of the run. */
  readonly run: number;
  readonly account: string;
  readonly contactId: string;
  readonly name: string | null;
  readonly rule: string;
  readonly state: RunState;
  /** Time of the question, or of the first message if nothing was asked yet. */
  readonly since: Instant;
  /** Time at which the run continues without an answer; null while a text is on its way. */
  readonly until: Instant | null;
  /** The latest texts that the contact got from the rule, oldest first. */
  readonly texts: readonly string[];
}

export interface StandingQuery {
  readonly rule: string;
  /** The steps of the active version as JSON; null for the latest version that anybody was in. */
  readonly steps: string | null;
  readonly step: number;
  /** Start of the range: only runs started since then, as in the figures. */
  readonly from: Instant;
  readonly limit: number;
  /** The last contact of the page before; null for the first page. */
  readonly after: StandingMark | null;
}

/** Place in the order of those who stand at a step: by time, then by run. */
export interface StandingMark {
  readonly since: Instant;
  readonly run: number;
}
