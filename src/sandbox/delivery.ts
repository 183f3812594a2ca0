import type { Platform } from '../domain/event.js';
import { HOUR } from '../domain/time.js';
import type { Instant, Millis } from '../domain/time.js';

export type MessageStatus = 'queued' | 'processing' | 'sent' | 'delivered' | 'failed';
export type CommentStatus = 'queued' | 'processing' | 'posted' | 'failed' | 'deleted';

export interface Failure {
  /** A number, or a text with a subcode. */
  readonly code: number | string;
  readonly message: string;
}

/** What becomes of an accepted send. The steps follow from the clock alone, so that nothing has to be timed. */
export interface Delivery {
  readonly acceptedAt: Instant;
  /** How long it is `queued`, and then as long again `processing`. */
  readonly queuedFor: Millis;
  /** Null: it arrives. */
  readonly failure: Failure | null;
}

/** Instagram counts bytes of UTF-8, not characters (Instagram Send API, read 2026). */
const INSTAGRAM_BYTES = 1_000;
/** Meta's error for a message of wrong form. */
const INVALID_PARAMETER = 100;
/** Meta's error for a message outside the messaging window. */
const OUTSIDE_WINDOW = 10;
const META_WINDOW: Millis = 24 * HOUR;

interface Outgoing {
  readonly platform: Platform;
  readonly text: string;
  readonly isPrivateReply: boolean;
  /** When the person last wrote; null: never. */
  readonly lastInboundAt: Instant | null;
  readonly now: Instant;
}

/**
 * Says why the platform will refuse a message that Blotato has accepted already, or null. Two refusals come that late
 * here: an Instagram text over 1,000 bytes, and on Instagram and Facebook a message after the window of 24 hours.
 */
export function lateFailure(message: Outgoing): Failure | null {
  const { platform } = message;
  if (platform === 'instagram' && Buffer.byteLength(message.text, 'utf8') > INSTAGRAM_BYTES) {
    return { code: INVALID_PARAMETER, message: `the text is longer than ${INSTAGRAM_BYTES} bytes` };
  }
  const hasWindow = (platform === 'instagram' || platform === 'facebook') && !message.isPrivateReply;
  if (hasWindow && (message.lastInboundAt === null || message.now - message.lastInboundAt > META_WINDOW)) {
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

/** A message's status at `now`. Messenger alone reports deliveries, so only Facebook gets as far as `delivered`. */
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

/** The failure, once it has come to light; null before, and when there is none. */
export function failureAt(delivery: Delivery | null, now: Instant): Failure | null {
  return delivery !== null && stepAt(delivery, now) === 'settled' ? delivery.failure : null;
}

function stepAt(delivery: Delivery, now: Instant): 'queued' | 'processing' | 'settled' {
  const age = now - delivery.acceptedAt;
  if (age >= 2 * delivery.queuedFor) return 'settled';
  return age < delivery.queuedFor ? 'queued' : 'processing';
}
