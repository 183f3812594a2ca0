import type { RehearseParts, Rehearsed } from '../rehearsal/rehearse.js';

/** An event that is decided again, by any rules. */
export interface ReplayedEvent {
  readonly id: string;
  readonly text: string;
  readonly decide: (parts: RehearseParts) => Promise<Rehearsed>;
}
