import type { Config } from '../../domain/config.js';
import type { EventKind, Platform } from '../../domain/event.js';
import type { GuardFacts } from '../../domain/facts.js';
import type { Reason } from '../../domain/reason.js';
import type { ActionType } from '../../domain/rule.js';
import type { Instant, Millis } from '../../domain/time.js';

/** What is about to be sent, and to whom: the same for an event that is being decided and for a row of the outbox. */
export interface GuardSubject {
  readonly kind: EventKind;
  readonly platform: Platform;
  readonly actions: readonly ActionType[];
  readonly contactId: string;
  readonly platformCommentId: string | null;
  /** Whether Blotato has a record of the post, which a public answer must name. */
  readonly hasPost: boolean;
  /** When the message or comment was written. */
  readonly eventAt: Instant;
  /** It confirms an opt-out: the one message that the opt-out itself does not stop. */
  readonly confirmsOptOut: boolean;
  /** It goes on with what a funnel has begun: its steps are few, and none of the limits' business. */
  readonly continues: boolean;
}

export interface GuardSettings {
  readonly humanPause: Millis;
  readonly perContact: { readonly replies: number; readonly per: Millis };
  /** Null: turned off. */
  readonly loopBreaker: LoopSettings | null;
}

/** So many answers in a row, each so soon after the one before, are a loop; then comes a silence. */
export type LoopSettings = NonNullable<Config['guards']['loopBreaker']>;

export interface Objection {
  readonly reason: Reason;
  /** A sentence with the values: since when, until when. */
  readonly note: string;
  /** The one action that it is about: the others may be sent without it. @default all of them */
  readonly against?: ActionType;
}

/** A question asked when a reply is decided and again when it leaves. Null: no objection. */
export interface Guard {
  readonly name: string;
  /** Counts answers that were queued, so that it is asked before this one is among them. */
  readonly onlyWhenDeciding?: true;
  ask(subject: GuardSubject, facts: GuardFacts, settings: GuardSettings): Objection | null;
}
