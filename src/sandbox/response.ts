import type { Clock, Instant, Millis } from '../domain/time.js';
import type { Automations } from './automations.js';
import type { CommentStatus, Failure, MessageStatus } from './delivery.js';
import type { Button } from './rows.js';
import type { World } from './world.js';

/** What the API answers to a call. */
export interface Response {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A call, checked against the description already. */
export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  /** By a fault: the send is accepted, and fails later. */
  readonly lateFailure: Failure | null;
}

/** A POST that was accepted: for tests to compare with what should have been sent. */
export interface AcceptedSend {
  readonly kind: 'message' | 'comment';
  readonly accountId: string;
  /** The platform's id of the person; for a comment of the one that it answers, null at the top level. */
  readonly recipientId: string | null;
  readonly text: string;
  /** The platform's id of the comment that a private reply is addressed to. */
  readonly commentId: string | null;
  readonly postId: string | null;
  /** Empty without any, and for comments. */
  readonly buttons: readonly Button[];
  /** Blotato's id of the comment that a public reply answers. */
  readonly parentCommentId: string | null;
  readonly at: Instant;
  readonly id: string;
  readonly statusAt: (now: Instant) => MessageStatus | CommentStatus;
}

/** What the handlers work with. */
export interface Desk {
  readonly world: World;
  readonly clock: Clock;
  readonly queuedFor: Millis;
  readonly visibleAfter: Millis;
  readonly newerFields: boolean;
  readonly automations: Automations;
  readonly pageSizeMost: number;
  readonly sends: AcceptedSend[];
}

/** Blotato's code for a comment whose one private reply is spent. */
export const ALREADY_REPLIED = 20102;
/** The plan's limit of active contacts is reached. */
export const CONTACT_LIMIT = 20101;
/** The account lacks the permission to comments. */
export const NO_PERMISSION = 20201;

/** An answer that says no. */
export function refuse(status: number, message: string, code?: number): Response {
  return { status, body: { message, reqId: 'sandbox', ...(code === undefined ? {} : { code }) } };
}
