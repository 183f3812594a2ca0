import type { Platform } from './event.js';
import type { Reason } from './reason.js';
import type { ActionType } from './rule.js';
import type { Instant } from './time.js';
import type { Transitions } from './transitions.js';

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
/** Ended: only a list, or the owner, may still change it. */
export const FINAL_STATES = [
  'sent',
  'delivered',
  'failed',
  'unknown_outcome',
  'stopped',
  'discarded',
] as const satisfies readonly SendState[];
export const ARRIVED_STATES = ['sent', 'delivered'] as const satisfies readonly SendState[];
/** Ended without a known arrival. What waits for such a send does not follow it. */
export const NOT_DELIVERED = [
  'failed',
  'unknown_outcome',
  'stopped',
  'discarded',
] as const satisfies readonly SendState[];
/** Ended, and surely did not arrive; of `unknown_outcome` nobody can tell. */
export const NOT_ARRIVED = ['failed', 'stopped', 'discarded'] as const satisfies readonly SendState[];
/** Refused by the API or by a guard, and not given up by the owner. */
export const REFUSED_STATES = ['failed', 'stopped'] as const satisfies readonly SendState[];
/** Given up before it was sent: nobody was told anything. */
export const WITHDRAWN_STATES = ['stopped', 'discarded'] as const satisfies readonly SendState[];
/** The owner has to see to it. */
export const TROUBLED_STATES = ['failed', 'unknown_outcome'] as const satisfies readonly SendState[];
/** Followed by checks, at `checkAt`. */
export const CHECKED_STATES = ['ambiguous', 'accepted'] as const satisfies readonly SendState[];
/** A later send to the same person waits for these. */
export const BLOCKING_STATES = ['pending', 'sending', 'ambiguous'] as const satisfies readonly SendState[];

export type SendStep = 'claim' | 'recover' | 'end' | 'list' | 'expire' | 'retry' | 'discard' | 'forget';

/** Every allowed change of a send's state, by what brings it about. */
export const SEND_STEPS: Readonly<Record<SendStep, Transitions<SendState>>> = {
  claim: { pending: ['sending'] },
  /** At the start of the program. */
  recover: { sending: ['ambiguous'] },
  /** An attempt or a check has ended. `pending` after `ambiguous` is the one resend. */
  end: {
    sending: [
      'pending',
      'ambiguous',
      'accepted',
      'sent',
      'delivered',
      'failed',
      'unknown_outcome',
      'stopped',
    ],
    ambiguous: ['pending', 'accepted', 'sent', 'delivered', 'failed', 'unknown_outcome', 'stopped'],
    accepted: ['sent', 'delivered', 'failed', 'unknown_outcome'],
  },
  /**
   * A list reports a status. Never less than is known: lists lag, and not all of them alike. Back to `pending`: it was
   * refused late for a reason that holds the account, and nothing was delivered.
   */
  list: {
    accepted: ['pending', 'sent', 'delivered', 'failed', 'unknown_outcome'],
    sent: ['delivered', 'failed'],
    unknown_outcome: ['sent', 'delivered', 'failed'],
  },
  /** Its window closes, or a send that it depends on does not arrive, while it waits. */
  expire: { pending: ['stopped'] },
  retry: { failed: ['pending'], unknown_outcome: ['pending'], stopped: ['pending'] },
  discard: {
    pending: ['discarded'],
    ambiguous: ['discarded'],
    failed: ['discarded'],
    unknown_outcome: ['discarded'],
    stopped: ['discarded'],
  },
  /** The contact's data is deleted. */
  forget: {
    pending: ['discarded'],
    sending: ['discarded'],
    ambiguous: ['discarded'],
    accepted: ['discarded'],
  },
};

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
