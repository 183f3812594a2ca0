import type { Actor } from './audit.js';
import type { InboundEvent } from './event.js';
import type { StatedReason } from './reason.js';
import type { ActionType } from './rule.js';
import type { Send } from './send.js';

/** A person's reply to a contact of an account. */
export interface HandReply extends Actor {
  readonly account: string;
  readonly contactId: string;
  readonly text: string;
  /** State of the conversation that the person saw; null accepts any. */
  readonly version: string | null;
}

/** A person's reply to a comment. */
export interface HandCommentReply extends Actor {
  /** The journal's id of the comment. */
  readonly eventId: string;
  readonly action: Extract<ActionType, 'comment_reply' | 'private_reply'>;
  readonly text: string;
  /** State of the comment that the person saw; null accepts any. */
  readonly version: string | null;
}

/** Refusal of a reply by hand or of an approval in `mode: shadow`: in the outbox it would wait, and leave late. */
export const NOT_IN_SHADOW =
  'the configuration has `mode: shadow`, in which nothing is sent; fix: set `mode: approve` or `mode: live`';

/** The message that a reply by hand replies to, and the state of the conversation. */
export interface HandTarget {
  readonly event: InboundEvent;
  /** Changes with each message of the contact and each reply by hand. */
  readonly version: string;
}

/** A comment that a person may reply to. */
export interface CommentTarget extends HandTarget {
  /** The send that holds the comment's only private reply; null if it is unused. */
  readonly privateReply: Send | null;
  /** Name of the person who wrote that private reply; null if a rule did. */
  readonly privateReplyBy: string | null;
}

/**
 * Result of a reply by hand. `changed`: the contact or another person wrote meanwhile. `unknown`: no message of the
 * contact is decided yet. `refused`: the platform would refuse it, or the only private reply is
 * used.
 */
export type HandResult =
  | { readonly is: 'written'; readonly send: Send }
  | { readonly is: 'changed' | 'unknown' }
  | ({ readonly is: 'refused' } & StatedReason);
