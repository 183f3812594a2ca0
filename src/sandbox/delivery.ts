import type { Platform } from '../domain/event.js';
import { HOUR } from '../domain/time.js';
import type { Instant, Millis } from '../domain/time.js';

export type MessageStatus = 'queued' | 'processing' | 'sent' | 'delivered' | 'failed';
export type CommentStatus = 'queued' | 'processing' | 'posted' | 'failed' | 'deleted';

export interface Failure {
  /** Error code of the platform: a number, or a text with a subcode. */
  readonly code: number | string;
  readonly message: string;
}

/** Delivery of an accepted send. Its status depends on the clock only, so no timers are needed. */
export interface Delivery {
  readonly acceptedAt: Instant;
  /** Time that a send stays `queued`; afterwards it is `processing` for the same time. */
  readonly queuedFor: Millis;
  /** Failure of the send; null if it arrives. */
  readonly failure: Failure | null;
}

/** Instagram counts bytes of UTF-8, not characters (Instagram Send API, read 2026). */
const INSTAGRAM_BYTES = 1_000;
/** Meta's error code for an invalid message. */
const INVALID_PARAMETER = 100;
/** Meta's error code for a message outside the messaging window. */
const OUTSIDE_WINDOW = 10;
const META_WINDOW: Millis = 24 * HOUR;
/** Window of the tag HUMAN_AGENT. */
const HUMAN_WINDOW: Millis = 7 * 24 * HOUR;

interface Outgoing {
  readonly platform: Platform;
  readonly text: string;
  readonly isPrivateReply: boolean;
  /** Time of the contact's last message; null if never. */
  readonly lastInboundAt: Instant | null;
  readonly now: Instant;
  /** Tag for humans, which allows a message for seven days. */
  readonly tag: string | null;
}

/**
 * The reason why the platform will refuse a message that Blotato has already accepted, or null. There are two
 * late refusals: an Instagram text over 1,000 bytes, and on Instagram and Facebook a message after the window
 * of 24 hours.
 */
export function lateFailure(message: Outgoing): Failure | null {
  const { platform } = message;
  if (platform === 'instagram' && Buffer.byteLength(message.text, 'utf8') > INSTAGRAM_BYTES) {
    return { code: INVALID_PARAMETER, message: `the text is longer than ${INSTAGRAM_BYTES} bytes` };
  }
  const hasWindow = (platform === 'instagram' || platform === 'facebook') && !message.isPrivateReply;
  const length = message.tag === 'HUMAN_AGENT' ? HUMAN_WINDOW : META_WINDOW;
  if (hasWindow && (message.lastInboundAt === null || message.now - message.lastInboundAt > length)) {
    return { code: OUTSIDE_WINDOW, message: 'this message is sent outside of the allowed window' };
  }
  return null;
}

interface Sent {
  readonly delivery: Delivery | null;
}

interface SentMessage extends Sent {
  readonly direction: 'incoming' | 'outgoing';
  readonly conversation: { readonly account: { readonly platform: Platform } };
}

/** A message's status at `now`. Only Messenger reports deliveries, so only Facebook reaches `delivered`. */
export function messageStatus(message: SentMessage, now: Instant): MessageStatus {
  if (message.direction === 'incoming') return 'delivered';
  const { delivery } = message;
  if (delivery === null) return 'sent';
  const step = stepAt(delivery, now);
  if (step !== 'settled') return step;
  if (delivery.failure !== null) return 'failed';
  const isDelivered = now >= delivery.acceptedAt + 3 * delivery.queuedFor;
  return isDelivered && message.conversation.account.platform === 'facebook' ? 'delivered' : 'sent';
}

/** A comment's status at `now`. */
export function commentStatus(comment: Sent & { readonly isDeleted: boolean }, now: Instant): CommentStatus {
  if (comment.isDeleted) return 'deleted';
  if (comment.delivery === null) return 'posted';
  const step = stepAt(comment.delivery, now);
  if (step !== 'settled') return step;
  return comment.delivery.failure === null ? 'posted' : 'failed';
}

/** The failure of a send if it is known at `now`; null before, and if the send does not fail. */
export function failureAt(delivery: Delivery | null, now: Instant): Failure | null {
  return delivery !== null && stepAt(delivery, now) === 'settled' ? delivery.failure : null;
}

function stepAt(delivery: Delivery, now: Instant): 'queued' | 'processing' | 'settled' {
  const age = now - delivery.acceptedAt;
  if (age >= 2 * delivery.queuedFor) return 'settled';
  return age < delivery.queuedFor ? 'queued' : 'processing';
}
