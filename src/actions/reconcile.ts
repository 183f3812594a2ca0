import type { BlotatoClient } from '../blotato/client.js';
import type { Send } from '../domain/send.js';
import { type Clock, type Instant, type Millis, SECOND } from '../domain/time.js';
import type { AttemptEnd, Store } from '../store/store.js';

export interface LookParts {
  readonly store: Store;
  readonly client: BlotatoClient;
  readonly ambiguous: 'resend_once' | 'leave';
  readonly visibleWithin: Millis;
  /** After this long the client gives a request up. */
  readonly requestTimeout: Millis;
  readonly clock: Clock;
}

/** How far the API's clock may still be off after its `Date` header is taken into account (its grain is a second). */
const CLOCK_SLACK: Millis = 5 * SECOND;
/** Between two looks, however short `visibleWithin` is. */
const SHORTEST_WAIT: Millis = 50;
/** Looks that must have found nothing before a send counts as not arrived. */
const LOOKS_AT_LEAST = 2;

/**
 * Settles an ambiguous send by reading back. A row of the API is ours if it was written by the account to that person
 * after the attempt, has the text, is tied to no other send, and was not in the journal before the attempt: never by
 * its text alone, since two sends may say the same to the same person. Not there, looked at more than once and past
 * the time by which a send shows: it is sent again, once, or stays `unknown_outcome`, as `delivery.ambiguous` says.
 */
export async function reconcile(send: Send, parts: LookParts, signal: AbortSignal): Promise<void> {
  const { store, clock } = parts;
  // A comment takes one private reply: trying again cannot double it, and "already has a reply" says that it arrived.
  if (send.action === 'private_reply')
    return resendOrLeave(send, parts, 'a private reply may always be tried again');

  const found =
    send.route === 'POST /v2/comments'
      ? await findComment(send, parts, signal)
      : await findMessage(send, parts, signal);
  if (found) {
    const { id: messageId, status, conversationId } = found;
    const checkAt = clock() + parts.visibleWithin;
    return store.endAttempt(send, { state: 'accepted', messageId, status, conversationId, checkAt }, clock());
  }
  // Until the time-out the request may still have been on its way; only from there on does the API's delay count.
  const visibleBy = (send.attemptedAt ?? send.createdAt) + parts.requestTimeout + parts.visibleWithin;
  if (clock() < visibleBy || send.looks + 1 < LOOKS_AT_LEAST) {
    return store.postponeLook(send, clock() + Math.max(parts.visibleWithin / 3, SHORTEST_WAIT), 'counted');
  }
  return resendOrLeave(send, parts, `${send.looks + 1} looks did not find it`);
}

async function resendOrLeave(send: Send, { store, ambiguous, clock }: LookParts, why: string): Promise<void> {
  const mayResend = ambiguous === 'resend_once' && send.resends === 0;
  const isRepeatable = send.action === 'private_reply' && send.resends < PRIVATE_RESENDS;
  const end: AttemptEnd =
    mayResend || isRepeatable
      ? { state: 'pending', notBefore: clock(), detail: `sent again: ${why}`, resend: true }
      : { state: 'unknown_outcome', reason: 'unknown_outcome', detail: why };
  return store.endAttempt(send, end, clock());
}

/** How often a private reply of unknown fate is tried again. */
const PRIVATE_RESENDS = 5;

interface Found {
  readonly id: string;
  readonly at: Instant;
  readonly status: string;
  readonly conversationId: string | null;
}

async function findMessage(send: Send, parts: LookParts, signal: AbortSignal): Promise<Found | null> {
  if (send.conversationId === null) return null;
  const { items } = await parts.client.listMessages(
    { conversationId: send.conversationId, limit: 250 },
    signal,
  );
  const written = items.filter(
    (row) =>
      row.recipientId === send.contactId && row.direction !== 'incoming' && isSameText(row.text, send.text),
  );
  return earliestOfOurs(send, written, parts);
}

async function findComment(send: Send, parts: LookParts, signal: AbortSignal): Promise<Found | null> {
  if (send.commentId === null) return null;
  const { items } = await parts.client.listComments({ parentCommentId: send.commentId, limit: 250 }, signal);
  const written = items.filter((row) => row.isAuthor !== false && isSameText(row.text, send.text));
  return earliestOfOurs(
    send,
    written.map((row) => ({ id: row.id, at: row.at, status: row.status, conversationId: null })),
    parts,
  );
}

/** The earliest, so that two rows of the same text are tied in the order in which they were sent. */
async function earliestOfOurs(
  send: Send,
  rows: readonly Found[],
  { store, client }: LookParts,
): Promise<Found | null> {
  // What was sent again may show up by its first attempt, late as it is.
  const attemptedAt = send.resends > 0 ? send.createdAt : (send.attemptedAt ?? send.createdAt);
  const notBefore = attemptedAt + client.clockOffset() - CLOCK_SLACK;
  const after = rows.filter((row) => row.at >= notBefore);
  const ids = after.map((row) => row.id);
  const explained = await store.explained(send.route, ids, attemptedAt);
  const [first] = after.filter((row) => !explained.has(row.id)).sort((a, b) => a.at - b.at);
  return first ?? null;
}

function isSameText(a: string, b: string): boolean {
  return a.replace(/\s+/gu, ' ').trim() === b.replace(/\s+/gu, ' ').trim();
}
