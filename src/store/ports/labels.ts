import type { Actor } from '../../domain/audit.js';
import type { InboundEvent } from '../../domain/event.js';
import type { Reason } from '../../domain/reason.js';
import type { Instant } from '../../domain/time.js';

/** The owner's judgement about what a rule with examples would have answered. */
export interface NewLabel {
  readonly eventId: string;
  readonly rule: string;
  readonly isRight: boolean;
}

/** A judgement with the text that it is about. */
export interface Label extends NewLabel {
  readonly text: string;
}

/** A decided message or comment of a contact, without its trace. */
export interface DecidedEvent {
  readonly seq: number;
  readonly event: InboundEvent;
  readonly reason: Reason;
}

export interface DecidedQuery {
  readonly limit: number;
  readonly since: Instant;
  /** Rows after this sequence number only. */
  readonly after: number;
}

export interface LatestQuery {
  readonly limit: number;
  readonly since: Instant;
  /** @default all */
  readonly reason?: Reason;
}

/** Messages to find what the rules lack, and what the owner says about rules. Every method is one transaction. */
export interface LabelStore {
  /** Decided messages and comments of contacts whose texts are kept, in the order in which they were read. */
  decidedTexts(query: DecidedQuery): Promise<readonly DecidedEvent[]>;
  /** The latest of them, newest first. */
  latestTexts(query: LatestQuery): Promise<readonly DecidedEvent[]>;
  /** Stores a judgement, or replaces it. Returns false if the event is not in the journal, or has no text. */
  saveLabel(label: NewLabel, now: Instant, actor?: Actor): Promise<boolean>;
  /** All judgements, oldest first. */
  labels(): Promise<readonly Label[]>;
}
