import { lateRefusalOf } from '../../blotato/refusals.js';
import { LIMITS } from '../../domain/limits.js';
import type { Refusal } from '../../domain/refusal.js';
import { isSameText } from '../../domain/same-text.js';
import type { Send } from '../../domain/send.js';
import { type Instant, type Millis, SECOND } from '../../domain/time.js';
import type { Sending } from './sending.js';

type Reading = Pick<Sending, 'store' | 'client' | 'signal'>;

/**
 * Result of a check. `doubt`: a row exists that may belong to the send or to another one, so the send must
 * not be repeated.
 */
export interface Sighting {
  readonly found: Found | null;
  readonly doubt: boolean;
}

/** A row of the API that can only be the send in question. */
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

/** Detail of an ambiguous send that is not sent again. */
export const IN_DOUBT =
  'a message with this text exists that may be this send or another one; it is not sent again';

/**
 * Tolerance for rows dated too early: the `Date` header that shows the API's clock has a resolution of a
 * second, as some of its rows may have, and its machines do not agree to the millisecond. Too small a
 * tolerance would miss our own row and send it twice.
 */
const CLOCK_SLACK: Millis = 5 * SECOND;
/** Resolution of row times, which may be a second. */
const DATE_GRAIN: Millis = SECOND;
const NOTHING: Sighting = { found: null, doubt: false };

/**
 * Searches for an ambiguous send: first in the journal, which costs no request, then in the API's list of the
 * conversation or of the replies to the comment. Throws the errors of the client.
 */
export async function readBack(send: Send, reading: Reading): Promise<Sighting> {
  const journalled = await findInJournal(send, reading);
  if (journalled.found) return journalled;
  const find = send.route === 'POST /v2/comments' ? findComment : findMessage;
  const listed = await find(send, reading);
  return { ...listed, doubt: listed.doubt || journalled.doubt };
}

/**
 * Searches the messages and comments polled since the first attempt. The journal does not store the status of a
 * row, so a found row counts as `queued`.
 */
export async function findInJournal(send: Send, reading: Reading): Promise<Sighting> {
  const rows = await reading.store.ownRowsSince(send, firstAttemptAt(send));
  const { conversationId } = send;
  return ofThisSend(
    send,
    rows.map((row) => ({ ...row, status: 'queued', refusal: null, conversationId })),
    reading,
  );
}

async function findMessage(send: Send, reading: Reading): Promise<Sighting> {
  const { conversationId, contactId, account } = send;
  if (conversationId === null) return NOTHING;
  const { items } = await reading.client.listMessages({ conversationId, limit: 250 }, reading.signal);
  const own = await reading.store.ownIds(account);
  // The recipient may be listed under another form of their id: within the conversation, the sender decides.
  const written = items.filter(
    ({ direction, recipientId, senderId }) =>
      direction === 'outgoing' ||
      (direction !== 'incoming' && (recipientId === contactId || own.has(senderId ?? ''))),
  );
  return ofThisSend(send, written.map(withRefusal), reading);
}

async function findComment(send: Send, reading: Reading): Promise<Sighting> {
  // A reply to a reply is listed under the top-level comment, which it was sent to.
  if (send.threadId === null) return NOTHING;
  const query = { parentCommentId: send.threadId, limit: 250 };
  const { items } = await reading.client.listComments(query, reading.signal);
  const written = items.filter((row) => row.isAuthor !== false);
  return ofThisSend(
    send,
    written.map((row) => ({ ...withRefusal(row), conversationId: null })),
    reading,
  );
}

/**
 * Finds our own message among the listed rows: it has the text, belongs to no other send, and neither was in
 * the journal before nor was written before the event it replies to, by the clock that dates both. The text
 * alone is never sufficient, since two sends may have the same text and recipient. Of several the earliest is
 * chosen, so that they are matched in sending order. If the journal had the row before the attempt, or an
 * earlier send may have created it, times must decide, and clocks may be off: rows that are not proved to
 * belong to another send stay in doubt.
 */
async function ofThisSend(send: Send, rows: readonly Row[], { store, client }: Reading): Promise<Sighting> {
  const attemptedAt = firstAttemptAt(send);
  // An earlier send that ended without an id may have created a row as well; that row is older than its end.
  const endedBefore = await store.latestUnidentifiedSend(send);
  const since = Math.max(attemptedAt - CLOCK_SLACK, (endedBefore ?? -Infinity) - DATE_GRAIN);
  const floor = since + client.clockOffset();
  const earliest = Math.min(floor, send.eventAt - LIMITS.clockSkew);
  const after = rows.filter((row) => row.at >= earliest && isSameText(row.text, send.text));
  if (after.length === 0) return NOTHING;
  const ids = after.map((row) => row.id);
  const standings = await store.standings(send, ids, attemptedAt);
  const possible = after.filter(({ id }) => !['tied', 'older'].includes(standings.get(id) ?? ''));
  const [first] = possible
    .filter(({ id, at }) => standings.get(id) !== 'before' && (at >= floor || endedBefore === null))
    .sort((a, b) => a.at - b.at);
  if (!first) return { found: null, doubt: possible.length > 0 };
  const { id: messageId, status, refusal, conversationId } = first;
  return { found: { messageId, status, refusal, conversationId }, doubt: false };
}

/** A resend may be found by its first attempt, even if that appears late. */
function firstAttemptAt(send: Send): Instant {
  return send.resends > 0 ? send.createdAt : (send.attemptedAt ?? send.createdAt);
}

function withRefusal<R extends { readonly errorCode: string | null; readonly errorMessage: string | null }>(
  row: R,
): R & { readonly refusal: Refusal | null } {
  return { ...row, refusal: lateRefusalOf(row) };
}
