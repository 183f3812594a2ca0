import { lateRefusalOf } from '../../blotato/refusals.js';
import type { Refusal } from '../../domain/refusal.js';
import type { Send } from '../../domain/send.js';
import { type Instant, type Millis, SECOND } from '../../domain/time.js';
import type { Sending } from './sending.js';

type Reading = Pick<Sending, 'store' | 'client' | 'signal'>;

/** A row of the API that can only be the send that was looked for. */
export interface Found {
  readonly messageId: string;
  readonly status: string;
  readonly refusal: Refusal | null;
  readonly conversationId: string | null;
}

interface Row extends Omit<Found, 'messageId'> {
  readonly id: string;
  readonly text: string;
  readonly at: Instant;
}

/**
 * By how much rows may be dated too early: the `Date` header that tells the API's clock has a grain of a second, as
 * some of its rows may have, and its machines do not agree to the millisecond. Too little would miss our own row, and
 * double it.
 */
const CLOCK_SLACK: Millis = 5 * SECOND;
/** Rows may be dated to the second. */
const DATE_GRAIN: Millis = SECOND;

/**
 * Looks for a send of unknown fate: first in the journal, which costs no call, then in the API's list of the
 * conversation or of the answers to the comment. Null: it is not there. Throws what the client throws.
 */
export async function readBack(send: Send, reading: Reading): Promise<Found | null> {
  const journalled = await findInJournal(send, reading);
  if (journalled) return journalled;
  if (send.route === 'POST /v2/comments') return findComment(send, reading);
  return findMessage(send, reading);
}

/** The same in what the poller has read since the first attempt; the row's status is not known then. */
export async function findInJournal(send: Send, reading: Reading): Promise<Found | null> {
  const rows = await reading.store.ownRowsSince(send, firstAttemptAt(send));
  const { conversationId } = send;
  return ofThisSend(
    send,
    rows.map((row) => ({ ...row, status: 'queued', refusal: null, conversationId })),
    reading,
  );
}

async function findMessage(send: Send, reading: Reading): Promise<Found | null> {
  const { conversationId, contactId } = send;
  if (conversationId === null) return null;
  const { items } = await reading.client.listMessages({ conversationId, limit: 250 }, reading.signal);
  const written = items.filter((row) => row.recipientId === contactId && row.direction !== 'incoming');
  return ofThisSend(send, written.map(withRefusal), reading);
}

async function findComment(send: Send, reading: Reading): Promise<Found | null> {
  if (send.commentId === null) return null;
  const query = { parentCommentId: send.commentId, limit: 250 };
  const { items } = await reading.client.listComments(query, reading.signal);
  const written = items.filter((row) => row.isAuthor !== false);
  return ofThisSend(
    send,
    written.map((row) => ({ ...withRefusal(row), conversationId: null })),
    reading,
  );
}

/**
 * The row that the send made, if it is among these: it has the text, was written after the attempt, is tied to no
 * other send, and was not in the journal before. Never by its text alone, since two sends may say the same to the same
 * person. Of several the earliest, so that they are tied in the order in which they were sent.
 */
async function ofThisSend(
  send: Send,
  rows: readonly Row[],
  { store, client }: Reading,
): Promise<Found | null> {
  const attemptedAt = firstAttemptAt(send);
  // What ended before without an id may have left a row as well: that one is older than its end.
  const endedBefore = (await store.looseEndBefore(send)) ?? -Infinity;
  const floor = Math.max(attemptedAt - CLOCK_SLACK, endedBefore - DATE_GRAIN) + client.clockOffset();
  const after = rows.filter((row) => row.at >= floor && isSameText(row.text, send.text));
  if (after.length === 0) return null;
  const explained = await store.explained(
    send.route,
    after.map((row) => row.id),
    attemptedAt,
  );
  const [first] = after.filter((row) => !explained.has(row.id)).sort((a, b) => a.at - b.at);
  if (!first) return null;
  const { id: messageId, status, refusal, conversationId } = first;
  return { messageId, status, refusal, conversationId };
}

/** What was sent again may show up by its first attempt, late as it is. */
function firstAttemptAt(send: Send): Instant {
  return send.resends > 0 ? send.createdAt : (send.attemptedAt ?? send.createdAt);
}

const LINK = /https?:\/\/\S+/gu;

/** Platforms change white space, compose accents, and X puts its own short links in the place of others. */
function isSameText(a: string, b: string): boolean {
  return bare(a) === bare(b);
}

function bare(text: string): string {
  return text.normalize('NFC').replace(LINK, 'link').replace(/\s+/gu, ' ').trim();
}

function withRefusal<R extends { readonly errorCode: string | null; readonly errorMessage: string | null }>(
  row: R,
): R & { readonly refusal: Refusal | null } {
  return { ...row, refusal: lateRefusalOf(row) };
}
