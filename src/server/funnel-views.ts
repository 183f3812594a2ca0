import type { BranchResult } from '../domain/split.js';
import type { Standing } from '../store/ports/funnel-shapes.js';
import type { Instant, Millis } from '../domain/time.js';

/** A stage of a funnel, with the contacts who reached it. */
export interface StageView {
  readonly name: string;
  /** Text sent at this stage; null if none. */
  readonly says: string | null;
  readonly reached: number;
  /** Number of contacts waiting at this stage now. */
  readonly waiting: number;
  /** Number of contacts who did not pass this stage, by cause. */
  readonly losses: readonly { readonly why: string; readonly n: number }[];
}

/** A step of a funnel in its real shape. */
export interface FunnelStepView {
  /** Position of the step, for `/api/funnels/standing`. */
  readonly step: number;
  /** The step in words. */
  readonly name: string;
  /** Text sent at this step; null if none. */
  readonly says: string | null;
  readonly reached: number;
  /** True for a step at which people stop: a question, a wait, a fetch, a code. */
  readonly isStop: boolean;
  /** Number of contacts who stand at this step now. */
  readonly waiting: number;
  /** Number of contacts whose funnel ended at this step before its end, by cause. */
  readonly losses: StageView['losses'];
  /** Median time until the next step, and the time within which nine of ten continued; null if nobody has. */
  readonly median: Millis | null;
  readonly most: Millis | null;
  readonly branches: readonly FunnelBranchView[];
}

/** A branch of a step. */
export interface FunnelBranchView {
  readonly name: string;
  /** Number of contacts who took it; null if it has no step to count them by. */
  readonly reached: number | null;
  readonly steps: readonly FunnelStepView[];
}

export interface FunnelView {
  readonly rule: string;
  /** False if the rule of the funnel is no longer active. */
  readonly isInForce: boolean;
  /** Who came in, and who got the first message. */
  readonly stages: readonly StageView[];
  /** The steps after the first message, with their branches. */
  readonly steps: readonly FunnelStepView[];
  /** Number of contacts who came to the end. */
  readonly completed: number;
  /** Number of contacts who came in under an earlier version of the rule, whose steps are not shown. */
  readonly earlier: number;
  /** New contacts by day, oldest first. */
  readonly days: readonly number[];
}

/** A page of the contacts who stand at a step. */
export interface StandingsView {
  readonly people: readonly Standing[];
  /** Start of the next page; null if there are no more. */
  readonly after: string | null;
}

export interface FunnelsView {
  /** Range in days up to today. */
  readonly range: number;
  readonly funnels: readonly FunnelView[];
  /** Figures of the branches of splits in the same days. */
  readonly splits: readonly BranchResult[];
  /** The day of the last figure, UTC. */
  readonly today: Instant;
}
