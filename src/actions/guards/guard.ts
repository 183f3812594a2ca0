import type { Config } from '../../domain/config.js';
import type { EventKind, Platform } from '../../domain/event.js';
import type { GuardFacts } from '../../domain/facts.js';
import type { Reason } from '../../domain/reason.js';
import type { ActionType } from '../../domain/rule.js';
import type { Instant, Millis } from '../../domain/time.js';

/** Input of a guard: the same for an event being decided and for a row of the outbox. */
export interface GuardSubject {
  readonly kind: EventKind;
  readonly platform: Platform;
  readonly actions: readonly ActionType[];
  readonly contactId: string;
  readonly platformCommentId: string | null;
  /** True if Blotato has a record of the post, which a public reply must name. */
  readonly hasPost: boolean;
  /** Time when the message or comment was written. */
  readonly eventAt: Instant;
  /** True for the confirmation of an opt-out: the only message that the opt-out itself does not stop. */
  readonly confirmsOptOut: boolean;
  /** True if a person wrote the reply: guards for automatic replies do not apply. @default false */
  readonly byHuman?: boolean;
  /**
   * True if the reply continues a funnel run. Such replies are exempt from rate limits, since a funnel has
   * few steps.
   */
  readonly continues: boolean;
  /** True for a reminder of an unanswered question. @default false */
  readonly reminds?: boolean;
}

export interface GuardSettings {
  readonly humanPause: Millis;
  readonly automationPause: Millis;
  readonly perContact: { readonly replies: number; readonly per: Millis };
  /** Settings of the loop breaker; null if it is turned off. */
  readonly loopBreaker: LoopSettings | null;
}

/**
 * Loop detection: `rounds` replies in a row, each within `within` of the previous one, are a loop and cause a
 * silence of `wait`.
 */
export type LoopSettings = NonNullable<Config['guards']['loopBreaker']>;

export interface Objection {
  readonly reason: Reason;
  /** A sentence with the values: since when, until when. */
  readonly note: string;
  /** The only action that the objection is about; the others may be sent. @default all actions */
  readonly against?: ActionType;
}

/**
 * A check that runs when a reply is decided and again before it is sent. Returns null if there is no
 * objection.
 */
export interface Guard {
  readonly name: string;
  /** Set for guards that count queued replies: such guards must run before this reply is counted. */
  readonly onlyWhenDeciding?: true;
  /** Set for guards that concern automatic replies only, and not those that a person wrote. */
  readonly onlyAutomatic?: true;
  /** Set for guards whose objection ends with time or by the owner: a draft keeps waiting meanwhile. */
  readonly passes?: true;
  ask(subject: GuardSubject, facts: GuardFacts, settings: GuardSettings): Objection | null;
}
