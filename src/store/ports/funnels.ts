import type { Decision } from '../../domain/decision.js';
import type { InboundEvent } from '../../domain/event.js';
import type { WaitingRun } from '../../domain/funnel.js';
import type { Instant } from '../../domain/time.js';
import type { FunnelFigure } from '../contacts.js';

/** Funnel runs that nobody answered in time, and the figures of funnels. Every method is one transaction. */
export interface FunnelStore {
  /** Contacts whom a funnel asked and who did not answer by their time, with what it took from them last. */
  expiredRuns(
    now: Instant,
    limit: number,
  ): Promise<readonly { readonly run: WaitingRun; readonly event: InboundEvent }[]>;
  /**
   * Ends the run and carries out what the decision says; `spoken` is what its sends answer. Returns false, and does
   * nothing, when the run is not any more where it was.
   */
  recordExpiry(run: WaitingRun, spoken: InboundEvent, decision: Decision, now: Instant): Promise<boolean>;
  /** By rule and day. Includes rules that send a private reply and ask nothing. */
  funnelFigures(since: Instant): Promise<readonly FunnelFigure[]>;
}
