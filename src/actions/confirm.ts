import { BlotatoError } from '../blotato/errors.js';
import { LIMITS } from '../domain/limits.js';
import type { Send } from '../domain/send.js';
import { MINUTE, type Millis, SECOND } from '../domain/time.js';
import type { Delivery } from '../store/store.js';
import type { LookParts } from './reconcile.js';

/** When to look again at a send that the API took but did not deliver yet: soon at first, seldom later. */
const NEXT_LOOK: readonly Millis[] = [5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE];

/**
 * Follows an accepted send to its final status. The poller's lists bring most of them for free; this looks where they
 * did not. A send without a final status after LIMITS.confirmFor ends as `unknown_outcome`.
 */
export async function confirm(send: Send, parts: LookParts, signal: AbortSignal): Promise<void> {
  const { store, clock } = parts;
  const row = await statusOf(send, parts, signal);
  if (row && (await store.recordDeliveries([row], clock())) > 0) return;
  if (clock() - (send.attemptedAt ?? send.createdAt) > LIMITS.confirmFor) {
    const detail = `Blotato took it but reported no final status (last: ${row?.status ?? 'not listed'})`;
    return store.endAttempt(send, { state: 'unknown_outcome', reason: 'unknown_outcome', detail }, clock());
  }
  const wait = NEXT_LOOK[Math.min(send.looks, NEXT_LOOK.length - 1)] ?? MINUTE;
  return store.postponeLook(send, clock() + wait, 'counted');
}

async function statusOf(send: Send, { client }: LookParts, signal: AbortSignal): Promise<Delivery | null> {
  const { route, messageId, conversationId } = send;
  if (messageId === null) return null;
  if (route === 'POST /v2/comments') {
    const comment = await client.comment(messageId, signal).catch(noneIfMissing);
    return (
      comment && { route, messageId, conversationId: null, status: comment.status, detail: detailOf(comment) }
    );
  }
  const filter = conversationId === null ? { platforms: [send.platform] } : { conversationId };
  const { items } = await client.listMessages({ ...filter, limit: 100 }, signal);
  const message = items.find((each) => each.id === messageId);
  if (!message) return null;
  return {
    route,
    messageId,
    conversationId: message.conversationId,
    status: message.status,
    detail: detailOf(message),
  };
}

function detailOf(row: {
  readonly errorCode: number | null;
  readonly errorMessage: string | null;
}): string | null {
  const parts = [row.errorCode, row.errorMessage].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(': ');
}

function noneIfMissing(error: unknown): null {
  if (error instanceof BlotatoError && error.status === 404) return null;
  throw error;
}
