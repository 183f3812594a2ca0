import type { Decision } from '../../domain/decision.js';
import type { InboundEvent } from '../../domain/event.js';
import type { WaitingRun } from '../../domain/funnel.js';
import type { BranchFigure } from '../../domain/split.js';
import type { Instant } from '../../domain/time.js';
import type { FunnelFigure } from '../contacts.js';

/** Funnel runs that timed out, and the figures of funnels. Every method is one transaction. */
export interface FunnelStore {
  /** Runs whose question was not answered before the deadline, with the last event that the funnel used. */
  expiredRuns(
    now: Instant,
    limit: number,
  ): Promise<readonly { readonly run: WaitingRun; readonly event: InboundEvent }[]>;
  /**
   * Ends the run and applies the decision; `spoken` is the event that its sends reply to. Returns false, and
   * does nothing, if the run has changed since.
   */
  recordExpiry(run: WaitingRun, spoken: InboundEvent, decision: Decision, now: Instant): Promise<boolean>;
  /** Results of funnels by rule and day. Includes rules that send a private reply without asking anything. */
  funnelFigures(since: Instant): Promise<readonly FunnelFigure[]>;
  /** Results of the branches of splits, of contacts who were sent along them since then. */
  branchFigures(since: Instant): Promise<readonly BranchFigure[]>;
}
