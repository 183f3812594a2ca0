import type { ApiMessage } from '../../blotato/schemas.js';
import { ContractError, isAboutThisCall } from '../../blotato/errors.js';
import { lateRefusalOf } from '../../blotato/refusals.js';
import { LIMITS } from '../../domain/limits.js';
import type { Send } from '../../domain/send.js';
import { type Instant, MINUTE, type Millis, SECOND } from '../../domain/time.js';
import type { DeliveryStatus } from '../../store/ports/polls.js';
import { type Check, type Next, unknown } from './check.js';
import type { Sending } from './sending.js';

/** When to look again at a send that the API took but did not deliver yet: soon at first, seldom later. */
const NEXT_CHECK: readonly Millis[] = [5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE];

/**
 * Follows an accepted send to its final status. The poller's lists bring most of them for free; this looks where they
 * did not. A send without a final status after LIMITS.confirmFor ends as `unknown_outcome`; if a list shows it later,
 * it ends as that says.
 */
export async function confirm(send: Send, sending: Sending): Promise<Check> {
  const delivery = await statusOf(send, sending);
  return { delivery, next: nextCheck(send, delivery, sending.clock()) };
}

function nextCheck(send: Send, delivery: DeliveryStatus | null, now: Instant): Next {
  if (now - (send.attemptedAt ?? send.createdAt) > LIMITS.confirmFor) {
    const last = delivery?.status ?? 'not listed';
    return unknown(`Blotato took it but reported no final status (last: ${last})`);
  }
  const wait = NEXT_CHECK[Math.min(send.checks, NEXT_CHECK.length - 1)] ?? MINUTE;
  return { checkAt: now + wait, counting: 'counted' };
}

async function statusOf(send: Send, sending: Sending): Promise<DeliveryStatus | null> {
  const { client, signal } = sending;
  const { route, messageId } = send;
  if (messageId === null) return null;
  if (route === 'POST /v2/comments') {
    const comment = await client.comment(messageId, signal).catch(noneIfRefused);
    if (!comment) return null;
    return {
      route,
      messageId,
      conversationId: null,
      status: comment.status,
      refusal: lateRefusalOf(comment),
    };
  }
  const message = await findMessage(send, messageId, sending);
  if (!message) return null;
  const { status, conversationId } = message;
  return { route, messageId, conversationId, status, refusal: lateRefusalOf(message) };
}

/**
 * By its id, which has a budget of its own; where that finds nothing, in the list, which every release of the API has.
 */
async function findMessage(
  { conversationId, platform }: Send,
  messageId: string,
  { client, signal }: Sending,
): Promise<ApiMessage | null> {
  const found = await client.message(messageId, signal).catch(noneIfStrange);
  if (found) return found;
  const filter = conversationId === null ? { platforms: [platform] } : { conversationId };
  const page = await client.listMessages({ ...filter, limit: 100 }, signal).catch(noneIfRefused);
  return page?.items.find((each) => each.id === messageId) ?? null;
}

/** The call is not in the published description, so that an answer of another form is no trouble: the list tells. */
function noneIfStrange(error: unknown): null {
  return error instanceof ContractError ? null : noneIfRefused(error);
}

/** An answer that says no is an answer: the send is not listed. No answer, 5xx, 429 and 401 are none. */
function noneIfRefused(error: unknown): null {
  if (isAboutThisCall(error)) return null;
  throw error;
}
