// Types of the page of drafts; the page imports them.
import type { DraftFigure } from '../domain/draft.js';
import type { ComposedReply } from '../actions/hand/compose-saved.js';
import type { ActionType } from '../domain/rule.js';
import type { Instant } from '../domain/time.js';

/** A text of a draft. */
export interface DraftTextView {
  readonly id: number;
  readonly action: ActionType;
  readonly text: string;
  /** The text as composed by the rule; null if nobody edited it. */
  readonly original: string | null;
}

/** A reply that waits for a person, with the message that it replies to. */
export interface DraftView {
  readonly id: number;
  readonly version: number;
  readonly rule: string;
  readonly account: string;
  readonly contactId: string;
  readonly contactName: string | null;
  readonly eventId: string;
  readonly message: string;
  readonly at: Instant;
  readonly endsAt: Instant;
  readonly texts: readonly DraftTextView[];
}

export interface DraftsView {
  readonly drafts: readonly DraftView[];
  /** Outcomes of the drafts of the last 30 days, by rule. */
  readonly figures: readonly DraftFigure[];
}

/** The saved replies as they read for one contact. */
export interface SavedView {
  readonly saved: readonly ComposedReply[];
}

/** Texts that other people are typing, by name. */
export interface TypingView {
  readonly typing: readonly { readonly by: string; readonly text: string }[];
}

/** A comment to which a person may reply. */
export interface CommentView {
  /** State of the comment for a reply by hand. */
  readonly version: string;
  readonly privateReply: {
    /** Who used the only private reply; null if it is unused. */
    readonly usedBy: string | null;
    /** End of the time in which the platform accepts a private reply; null if it accepts none. */
    readonly endsAt: Instant | null;
  };
}
