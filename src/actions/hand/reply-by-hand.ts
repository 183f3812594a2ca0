import type { HandReply, HandResult } from '../../domain/hand-reply.js';
import { PLATFORM_TABLE, tooLong } from '../../domain/platforms.js';
import type { Reason } from '../../domain/reason.js';
import { formatDuration, type Instant } from '../../domain/time.js';
import { humanWindowEndsAt } from '../../domain/window.js';
import type { InboundEvent } from '../../domain/event.js';
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

function refusalOf(
  text: string,
  { platform, at }: InboundEvent,
  now: Instant,
): { readonly reason: Reason; readonly detail: string } | null {
  if (!PLATFORM_TABLE[platform].canSend) return { reason: 'platform_cannot_send', detail: platform };
  if (text.trim() === '') return { reason: 'template_error', detail: 'the text is empty' };
  const open = /\{\{.*?\}\}|\{%.*?%\}/su.exec(text)?.[0];
  if (open !== undefined) {
    const shown = open.length > 60 ? `${open.slice(0, 60)}…` : open;
    return { reason: 'template_error', detail: `nothing fills in ${shown} here; fix: write its value` };
  }
  const excess = tooLong(platform, 'reply', text);
  if (excess !== null) return { reason: 'too_long', detail: excess };
  const end = humanWindowEndsAt(platform, at);
  if (end === null || end > now) return null;
  return { reason: 'window_closed', detail: `the last message is ${formatDuration(now - at)} old` };
}
