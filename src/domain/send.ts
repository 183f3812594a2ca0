import type { Platform } from './event.js';
import type { Reason } from './reason.js';
import type { ActionType } from './rule.js';
import type { Instant } from './time.js';

/**
 * The life of a send. Each step is committed before the next begins.
 *
 * pending    decided; waits for its time, its turn in the conversation and the budget. Nothing has left.
 * sending    committed before the first byte of the POST. A process that dies here leaves the row ambiguous.
 * ambiguous  the POST may or may not have been accepted; read-back settles it.
 * accepted   the API gave it an id (201). Followed until its final status.
 * sent, delivered, failed, unknown_outcome, stopped, discarded   final. `stopped`: a guard said no before the POST.
 */
export const SEND_STATES = [
  'pending',
  'sending',
  'ambiguous',
  'accepted',
  'sent',
  'delivered',
  'failed',
  'unknown_outcome',
  'stopped',
  'discarded',
] as const;
export type SendState = (typeof SEND_STATES)[number];

/** States in which a send may still change by itself. */
export const OPEN_STATES = [
  'pending',
  'sending',
  'ambiguous',
  'accepted',
] as const satisfies readonly SendState[];

/** Which budget pays for a send: the API counts each route on its own. */
export type SendRoute = 'POST /v2/messages' | 'POST /v2/comments';

/** One action's row in the outbox. */
export interface Send {
  readonly id: number;
  readonly eventId: string;
  readonly rule: string;
  readonly action: ActionType;
  readonly route: SendRoute;
  readonly platform: Platform;
  /** The configured account's name. */
  readonly account: string;
  readonly contactId: string;
  readonly conversationId: string | null;
  /** The API's id of the post and of the comment; null for a message. */
  readonly postId: string | null;
  readonly commentId: string | null;
  readonly platformCommentId: string | null;
  readonly text: string;
  readonly state: SendState;
  readonly reason: Reason | null;
  readonly detail: string | null;
  /** When the message or comment that it answers was written. */
  readonly eventAt: Instant;
  readonly createdAt: Instant;
  /** Not to be tried before. */
  readonly notBefore: Instant;
  /** The API's id of what we sent. */
  readonly messageId: string | null;
  readonly attempts: number;
  /** When the latest attempt began. */
  readonly attemptedAt: Instant | null;
  /** How often it was sent again after an ambiguous attempt. */
  readonly resends: number;
  /** When to look next: at an ambiguous or an accepted send. */
  readonly checkAt: Instant | null;
  /** Looks that counted: of an ambiguous send those past the time by which it shows. */
  readonly looks: number;
}

export function routeOf(action: ActionType): SendRoute {
  return action === 'comment_reply' ? 'POST /v2/comments' : 'POST /v2/messages';
}
