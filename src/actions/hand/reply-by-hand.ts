import type { CommentTarget, HandCommentReply, HandReply, HandResult } from '../../domain/hand-reply.js';
import { PLATFORM_TABLE, tooLong } from '../../domain/platforms.js';
import type { ActionType } from '../../domain/rule.js';
import type { StatedReason } from '../../domain/reason.js';
import { formatDuration, type Instant } from '../../domain/time.js';
import { humanWindowEndsAt, windowEndsAt } from '../../domain/window.js';
import type { InboundEvent, Platform } from '../../domain/event.js';
import { cannotSend } from '../guards/platform-cannot-send.js';
import type { HandStore } from '../../store/ports/hand.js';

/**
 * Puts a reply that a person wrote into the outbox. Opt-outs and pauses concern automatic replies and do not stop it;
 * the window of the platform does, now and again before it is sent.
 */
export async function replyByHand(reply: HandReply, store: HandStore, now: Instant): Promise<HandResult> {
  const target = await store.handTarget(reply.account, reply.contactId);
  if (target === null) return { is: 'unknown' };
  const refusal = refusalOf(reply.text, target.event, now);
  if (refusal !== null) return { is: 'refused', ...refusal };
  const written = await store.writeByHand(reply, now);
  return typeof written === 'string' ? { is: written } : { is: 'written', send: written };
}

/**
 * Puts a reply that a person wrote to a comment into the outbox. A public reply may be one of several; a private one is
 * the only one, and ends with its window.
 */
export async function replyToComment(
  reply: HandCommentReply,
  store: HandStore,
  now: Instant,
): Promise<HandResult> {
  const target = await store.commentTarget(reply.eventId);
  if (target === null) return { is: 'unknown' };
  const refusal = refusalOfComment(reply, target.event, now);
  if (refusal !== null) return { is: 'refused', ...refusal };
  const written = await store.writeToComment(reply, now);
  if (written !== 'used') {
    return typeof written === 'string' ? { is: written } : { is: 'written', send: written };
  }
  const holder = await store.commentTarget(reply.eventId);
  return { is: 'refused', reason: 'private_reply_used', detail: usedBy(holder) };
}

/** The holder of the only private reply of a comment, for people. */
export function usedBy(target: CommentTarget | null): string {
  const { privateReply = null, privateReplyBy = null } = target ?? {};
  if (privateReply === null) return 'another reply used it';
  const who = privateReplyBy ?? `rule ${privateReply.rule}`;
  return privateReply.state === 'failed' ? `that of ${who} failed` : `${who} used it`;
}

function refusalOfComment(
  { action, text }: HandCommentReply,
  event: InboundEvent,
  now: Instant,
): StatedReason | null {
  const { platform, at, contact, comment } = event;
  const subject = {
    ...{ kind: 'comment' as const, platform, actions: [action], eventAt: at, contactId: contact.id },
    ...{ platformCommentId: comment?.platformCommentId ?? null, hasPost: (comment?.postId ?? null) !== null },
  };
  const cannot = cannotSend(subject);
  if (cannot !== null) return { reason: cannot.reason, detail: cannot.note };
  const fault = faultOf(text, platform, action);
  if (fault !== null) return fault;
  const end = windowEndsAt({ ...subject, lastInboundAt: null });
  if (end === null || end > now) return null;
  return { reason: 'window_closed', detail: `the comment is ${formatDuration(now - at)} old` };
}

function refusalOf(text: string, { platform, at }: InboundEvent, now: Instant): StatedReason | null {
  if (!PLATFORM_TABLE[platform].canSend) return { reason: 'platform_cannot_send', detail: platform };
  const fault = faultOf(text, platform, 'reply');
  if (fault !== null) return fault;
  const end = humanWindowEndsAt(platform, at);
  if (end === null || end > now) return null;
  return { reason: 'window_closed', detail: `the last message is ${formatDuration(now - at)} old` };
}

/** The fault of a text that a person wrote; null if it may be sent. */
function faultOf(text: string, platform: Platform, action: ActionType): StatedReason | null {
  if (text.trim() === '') return { reason: 'template_error', detail: 'the text is empty' };
  const open = /\{\{.*?\}\}|\{%.*?%\}/su.exec(text)?.[0];
  if (open !== undefined) {
    const shown = open.length > 60 ? `${open.slice(0, 60)}…` : open;
    return { reason: 'template_error', detail: `nothing fills in ${shown} here; fix: write its value` };
  }
  const excess = tooLong(platform, action, text);
  return excess === null ? null : { reason: 'too_long', detail: excess };
}
