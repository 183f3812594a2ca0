import type { Clock, Instant, Millis } from '../domain/time.js';
import type { Automations } from './automations.js';
import type { CommentStatus, Failure, MessageStatus } from './delivery.js';
import type { Button } from './rows.js';
import type { World } from './world.js';

/** Response of the API to a call. */
export interface Response {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A call that was already validated against the description. */
export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  /** Failure that a fault injects: the send is accepted and fails later. */
  readonly lateFailure: Failure | null;
}

/** An accepted POST, for tests to compare with the expected sends. */
export interface AcceptedSend {
  readonly kind: 'message' | 'comment';
  readonly accountId: string;
  /**
   * The platform's id of the recipient; for a public reply the id of the author that it replies to, and null
   * for a top-level comment.
   */
  readonly recipientId: string | null;
  readonly text: string;
  /** The platform's id of the comment that a private reply is addressed to. */
  readonly commentId: string | null;
  readonly postId: string | null;
  /** Buttons of the message; empty for comments. */
  readonly buttons: readonly Button[];
  /** Tag of the message, such as HUMAN_AGENT; null if it has none. */
  readonly tag?: string | null;
  /** Blotato's id of the comment that a public reply belongs to. */
  readonly parentCommentId: string | null;
  readonly at: Instant;
  readonly id: string;
  readonly statusAt: (now: Instant) => MessageStatus | CommentStatus;
}

/** State and settings shared by the handlers. */
export interface Desk {
  readonly world: World;
  readonly clock: Clock;
  readonly queuedFor: Millis;
  readonly visibleAfter: Millis;
  readonly newerFields: boolean;
  readonly refusesButtons: boolean;
  readonly automations: Automations;
  readonly pageSizeMost: number;
  readonly sends: AcceptedSend[];
}

/** Blotato's code for a comment whose only private reply is used. */
export const ALREADY_REPLIED = 20102;
/** Code for a plan whose limit of active contacts is reached. */
export const CONTACT_LIMIT = 20101;
/** Code for an account that lacks the permission for comments. */
export const NO_PERMISSION = 20201;

/** Builds an error response. */
export function refuse(status: number, message: string, code?: number): Response {
  return { status, body: { message, reqId: 'sandbox', ...(code === undefined ? {} : { code }) } };
}
