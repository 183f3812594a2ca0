import type { Button } from './button.js';
import type { Platform } from './event.js';
import type { Reason } from './reason.js';
import type { ActionType } from './rule.js';
import type { Instant } from './time.js';
import type { Transitions } from './transitions.js';

/**
 * Life cycle of a send. Each step is committed before the next begins.
 * - awaiting_approval: composed; waits for a person, who approves or drops it. Nothing was sent.
 * - pending: decided; waits for its time, its position in the conversation and the budget. Nothing was sent.
 * - sending: committed before the first byte of the POST. If the process dies here, the row becomes ambiguous.
 * - ambiguous: the POST may or may not have been accepted; read-back settles it.
 * - accepted: the API returned an id (201). Checked until its final status.
 * - sent, delivered, failed, unknown_outcome, stopped, discarded: final. `stopped`: a guard refused before the POST.
 */
export const SEND_STATES = [
  'awaiting_approval',
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

/** States that may still change without a command of the owner. */
export const OPEN_STATES = [
  'awaiting_approval',
  'pending',
  'sending',
  'ambiguous',
  'accepted',
] as const satisfies readonly SendState[];
/** Final states: only a listed status, or the owner, may still change them. */
export const FINAL_STATES = [
  'sent',
  'delivered',
  'failed',
  'unknown_outcome',
  'stopped',
  'discarded',
] as const satisfies readonly SendState[];
export const ARRIVED_STATES = ['sent', 'delivered'] as const satisfies readonly SendState[];
/** Final states without a confirmed arrival. Sends that wait for such a send are not sent. */
export const NOT_DELIVERED = [
  'failed',
  'unknown_outcome',
  'stopped',
  'discarded',
] as const satisfies readonly SendState[];
/** Final states of sends that certainly did not arrive; with `unknown_outcome` this is not known. */
export const NOT_ARRIVED = ['failed', 'stopped', 'discarded'] as const satisfies readonly SendState[];
/** Refused by the API or by a guard, not discarded by the owner. */
export const REFUSED_STATES = ['failed', 'stopped'] as const satisfies readonly SendState[];
/** States of sends given up before they were sent: the contact got nothing. */
export const WITHDRAWN_STATES = ['stopped', 'discarded'] as const satisfies readonly SendState[];
/** States of sends that need the owner's attention. */
export const TROUBLED_STATES = ['failed', 'unknown_outcome'] as const satisfies readonly SendState[];
/** States with scheduled checks, at `checkAt`. */
export const CHECKED_STATES = ['ambiguous', 'accepted'] as const satisfies readonly SendState[];
/** States for which a later send to the same person waits. */
export const BLOCKING_STATES = ['pending', 'sending', 'ambiguous'] as const satisfies readonly SendState[];

export type SendStep =
  | 'approve'
  | 'drop'
  | 'lapse'
  | 'claim'
  | 'recover'
  | 'end'
  | 'list'
  | 'expire'
  | 'retry'
  | 'discard'
  | 'forget';

/** Every allowed change of a send's state, by its cause. */
export const SEND_STEPS: Readonly<Record<SendStep, Transitions<SendState>>> = {
  /** Changes by a person: only an approved send can be claimed. */
  approve: { awaiting_approval: ['pending'] },
  drop: { awaiting_approval: ['discarded'] },
  /** Changes of a draft whose window closes, or whose contact got another reply. */
  lapse: { awaiting_approval: ['stopped'] },
  claim: { pending: ['sending'] },
  /** Changes at the start of the program. */
  recover: { sending: ['ambiguous'] },
  /** Changes after an attempt or a check. `pending` after `ambiguous` is the one resend. */
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
   * Changes by a status that a list reports. It never overrides a newer status: lists lag, and not all of
   * them alike. Back to `pending`: it was refused late for a reason that puts the account on hold, and
   * nothing was delivered.
   */
  list: {
    accepted: ['pending', 'sent', 'delivered', 'failed', 'unknown_outcome'],
    sent: ['delivered', 'failed'],
    unknown_outcome: ['sent', 'delivered', 'failed'],
  },
  /** Changes of a waiting send whose window closes, or which depends on a send that does not arrive. */
  expire: { pending: ['stopped'] },
  retry: { failed: ['pending'], unknown_outcome: ['pending'], stopped: ['pending'] },
  discard: {
    pending: ['discarded'],
    ambiguous: ['discarded'],
    failed: ['discarded'],
    unknown_outcome: ['discarded'],
    stopped: ['discarded'],
  },
  /** Changes when the contact's data is deleted. */
  forget: {
    awaiting_approval: ['discarded'],
    pending: ['discarded'],
    sending: ['discarded'],
    ambiguous: ['discarded'],
    accepted: ['discarded'],
  },
};

/** The route, which selects the budget: the API limits each route separately. */
export type SendRoute = 'POST /v2/messages' | 'POST /v2/comments';

/** The row of one action in the outbox. */
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
  /** Blotato's id of the post; null for a message, and for a post that Blotato has no record of. */
  readonly postId: string | null;
  /** The API's id of the comment; null for a message. */
  readonly commentId: string | null;
  /** The first comment of its thread, which a public reply names as its parent: the API accepts no reply to a reply. */
  readonly threadId: string | null;
  readonly platformCommentId: string | null;
  readonly text: string;
  /** True for a reminder, which is sent only while the contact writes nothing. @default false */
  readonly reminds?: boolean;
  /** Link buttons; empty once they were refused and are links in the text. @default null, none */
  readonly buttons?: readonly Button[] | null;
  readonly state: SendState;
  readonly reason: Reason | null;
  readonly detail: string | null;
  /** Time when the message or comment was written that it replies to. */
  readonly eventAt: Instant;
  readonly createdAt: Instant;
  /** Earliest time of the next attempt. */
  readonly notBefore: Instant;
  /** The API's id of the message or comment that was sent. */
  readonly messageId: string | null;
  readonly attempts: number;
  /** Start of the latest attempt. */
  readonly attemptedAt: Instant | null;
  /** Number of resends after an ambiguous attempt. */
  readonly resends: number;
  /** Time of the next check of an ambiguous or accepted send. */
  readonly checkAt: Instant | null;
  /**
   * Number of checks that count. Of an ambiguous send, only checks after the time by which it should be
   * visible count.
   */
  readonly checks: number;
}

export function routeOf(action: ActionType): SendRoute {
  return action === 'comment_reply' ? 'POST /v2/comments' : 'POST /v2/messages';
}
