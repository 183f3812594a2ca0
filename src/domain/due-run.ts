import type { InboundEvent } from './event.js';
import type { WaitingRun } from './funnel.js';

/** A funnel run whose time limit, wait or reminder is due. */
export interface DueRun {
  readonly run: WaitingRun;
  /** The contact's last event that the funnel used. */
  readonly event: InboundEvent;
  readonly due: 'deadline' | 'reminder';
  /** True if the contact wrote after that event. */
  readonly hasWritten: boolean;
}
