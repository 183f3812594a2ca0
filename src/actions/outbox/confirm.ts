import type { ApiMessage } from '../../blotato/schemas.js';
import { ContractError, isAboutThisCall } from '../../blotato/errors.js';
import { lateRefusalOf } from '../../blotato/refusals.js';
import { LIMITS } from '../../domain/limits.js';
import type { Send } from '../../domain/send.js';
import { type Instant, MINUTE, type Millis, SECOND } from '../../domain/time.js';
import type { DeliveryStatus } from '../../store/ports/polls.js';
import { type Check, type Next, unknown } from './check.js';
import type { Sending } from './sending.js';

/** Intervals of checks of an accepted send that is not delivered yet: short at first, then longer. */
const NEXT_CHECK: readonly Millis[] = [5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE];

/**
 * Checks an accepted send until its final status. The poller's lists provide most statuses for free; this
 * covers the rest. A send without a final status after LIMITS.confirmFor ends as `unknown_outcome`; if a list
 * shows it later, that status applies.
 */
export async function confirm(send: Send, sending: Sending): Promise<Check> {
  const delivery = await statusOf(send, sending);
  return { delivery, next: nextCheck(send, delivery, sending.clock()) };
}

function nextCheck(send: Send, delivery: DeliveryStatus | null, now: Instant): Next {
  if (now - (send.attemptedAt ?? send.createdAt) > LIMITS.confirmFor) {
    const last = delivery?.status ?? 'not listed';
    return unknown(`Blotato accepted it but reported no final status (last: ${last})`);
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
 * Finds the message by its id, a route with its own budget; otherwise in the list, which every release of the
 * API has.
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

/**
 * The endpoint is not in the published description, so a response of another form is not an error: the list
 * is used instead.
 */
function noneIfStrange(error: unknown): null {
  return error instanceof ContractError ? null : noneIfRefused(error);
}

/** An error about this call is a result: the send is not listed. No response, 5xx, 429 and 401 are not. */
function noneIfRefused(error: unknown): null {
  if (isAboutThisCall(error)) return null;
  throw error;
}
