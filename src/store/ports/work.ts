import type { InboundEvent } from '../../domain/event.js';
import type { WaitingRun } from '../../domain/funnel.js';
import type { Instant } from '../../domain/time.js';
import type { DueWork } from '../../domain/due-work.js';
import type { LowPool, TakenCode } from '../../domain/work.js';

/** A code for the contact of an event. */
export interface CodeQuery {
  readonly event: InboundEvent;
  readonly pool: string;
  /** All codes of the pool, used ones included. */
  readonly codes: readonly string[];
  /** Number of codes left at which the owner is notified. */
  readonly low: number;
}

/** Work that funnel runs wait for. Every method is one transaction. */
export interface WorkStore {
  /** Runs whose work is due, longest due first. */
  dueWork(now: Instant, limit: number): Promise<readonly DueWork[]>;
  nextWorkAt(): Promise<Instant | null>;
  /** Counts an attempt before it begins. Returns false if the run no longer waits at its step. */
  beginWork(run: WaitingRun): Promise<boolean>;
  putOffWork(run: WaitingRun, at: Instant): Promise<void>;
  /**
   * Hands a code of the pool to the contact: the one they have, else the first that nobody has. `code` is null if
   * none is left.
   */
  takeCode(query: CodeQuery, now: Instant): Promise<TakenCode>;
  /** Pools of which few codes are left. */
  lowPools(): Promise<readonly LowPool[]>;
}
