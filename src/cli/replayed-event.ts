import type { RehearseParts, Rehearsed } from '../rehearsal/rehearse.js';

/** An event to be decided again, with any rules. */
export interface ReplayedEvent {
  readonly id: string;
  readonly text: string;
  readonly decide: (parts: RehearseParts) => Promise<Rehearsed>;
}
