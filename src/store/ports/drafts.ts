import type { Draft, DraftChange, DraftFigure, DraftOutcome } from '../../domain/draft.js';
import type { StatedReason } from '../../domain/reason.js';
import type { Instant } from '../../domain/time.js';

/** Replies that wait for a person. Every method is one transaction. */
export interface DraftStore {
  /** Waiting drafts, oldest first. `id` is the number of any of its sends. `dueBy`: those whose check is due. */
  drafts(query: {
    readonly limit: number;
    readonly id?: number;
    readonly dueBy?: Instant;
  }): Promise<readonly Draft[]>;
  /** Number of waiting drafts. */
  draftCount(): Promise<number>;
  /** Approves, edits or drops a draft; edits come first. All or nothing. */
  changeDraft(change: DraftChange, now: Instant): Promise<DraftOutcome>;
  /** Ends a draft by itself. Returns false if it no longer waits. */
  endDraft(draft: Pick<Draft, 'id'>, end: StatedReason, now: Instant): Promise<boolean>;
  /** Sets the time of the next check of a draft. */
  postponeDraft(draft: Pick<Draft, 'id'>, checkAt: Instant): Promise<void>;
  /** Outcomes of the drafts composed since a time, by rule. */
  draftFigures(since: Instant): Promise<readonly DraftFigure[]>;
}
