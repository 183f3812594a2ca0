import type { Decision } from '../../domain/decision.js';
import type { InboundEvent } from '../../domain/event.js';
import type { DueRun } from '../../domain/due-run.js';
import type { WaitingRun } from '../../domain/funnel.js';
import type { BranchFigure } from '../../domain/split.js';
import type { Instant } from '../../domain/time.js';
import type { FunnelFigure } from './contact-views.js';

/** Funnel runs of which something is due, and the figures of funnels. Every method is one transaction. */
export interface FunnelStore {
  /** Runs of which a time limit, a wait or a reminder is over or due, the earliest first. */
  dueRuns(now: Instant, limit: number): Promise<readonly DueRun[]>;
  /**
   * Applies the decision about a due run, and notes the result of its work in the journal; `spoken` is the event that its
   * sends reply to. Returns false, and
   * does nothing, if the run has changed since.
   */
  recordExpiry(run: WaitingRun, spoken: InboundEvent, decision: Decision, now: Instant): Promise<boolean>;
  /** Results of funnels by rule and day. Includes rules that send a private reply without asking anything. */
  funnelFigures(since: Instant): Promise<readonly FunnelFigure[]>;
  /** Results of the branches of splits, of contacts who were sent along them since then. */
  branchFigures(since: Instant): Promise<readonly BranchFigure[]>;
}
