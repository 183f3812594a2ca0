import type { Actor } from './audit.js';
import type { InboundEvent } from './event.js';
import type { Send } from './send.js';
import { DAY, type Instant, type Millis } from './time.js';

/** Time after which a draft ends although its platform has no window. */
export const DRAFT_LIFE: Millis = 7 * DAY;

/** A text of a draft: one send that waits for a person. */
export interface DraftText {
  readonly send: Send;
  /** The text as composed by the rule; null if nobody edited it. */
  readonly original: string | null;
}

/** The replies of one rule to one event that wait for a person: approved or dropped together. */
export interface Draft {
  /** Number of its first send. */
  readonly id: number;
  /** Number of edits so far: a change names the version that the person saw. */
  readonly version: number;
  readonly rule: string;
  readonly event: InboundEvent;
  readonly draftedAt: Instant;
  /** Time of the contact's newest message; null if they wrote none. */
  readonly lastInboundAt: Instant | null;
  readonly texts: readonly DraftText[];
}

/** A new text for a send of a draft. */
export interface DraftEdit {
  readonly send: number;
  readonly text: string;
}

/** Change of a draft by a person. `version` null accepts any version. */
export interface DraftChange extends Actor {
  readonly do: 'approve' | 'edit' | 'drop';
  readonly id: number;
  readonly version: number | null;
  readonly edits: readonly DraftEdit[];
}

/** `gone`: approved, dropped or ended before. `changed`: edited by another person meanwhile. */
export type DraftOutcome = 'done' | 'gone' | 'changed';

/** Numbers of a rule's drafts by their outcome. */
export interface DraftFigure {
  readonly rule: string;
  readonly waiting: number;
  /** Approved as composed. */
  readonly approved: number;
  /** Approved with another text. */
  readonly edited: number;
  readonly dropped: number;
  /** Ended by themselves. */
  readonly ended: number;
}
