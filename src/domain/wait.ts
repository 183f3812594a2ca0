import { DAY, type Millis } from './time.js';

/** Effect of a message of the contact during a wait. */
export const ON_MESSAGE = ['cancel', 'keep'] as const;

/** Longest time that a funnel waits, also for a calendar that does not open. */
export const LONGEST_WAIT: Millis = 30 * DAY;

/** Time that passes before the next step. */
export interface WaitStep {
  readonly type: 'wait';
  /** A time, or the opening of a calendar; an open calendar is no wait. */
  readonly until: { readonly time: Millis } | { readonly open: string };
  /** `cancel`: a message of the contact ends the funnel. `keep`: the rules decide it, and the funnel waits on. */
  readonly onMessage: (typeof ON_MESSAGE)[number];
}
