import type { InboundEvent } from './event.js';
import type { WaitingRun } from './funnel.js';

/** Work that a run waits for. */
export interface DueWork {
  readonly run: WaitingRun;
  /** The contact's last event in the funnel. */
  readonly event: InboundEvent;
  /** Number of attempts before. */
  readonly tries: number;
}
