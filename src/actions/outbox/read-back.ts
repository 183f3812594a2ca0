import { lateRefusalOf } from '../../blotato/refusals.js';
import { LIMITS } from '../../domain/limits.js';
import type { Refusal } from '../../domain/refusal.js';
import { isSameText } from '../../domain/same-text.js';
import type { Send } from '../../domain/send.js';
import { type Instant, type Millis, SECOND } from '../../domain/time.js';
import type { Sending } from './sending.js';

type Reading = Pick<Sending, 'store' | 'client' | 'signal'>;

/** What a look found. `doubt`: there is a row that may be the send and may be another, so that nobody may send it again. */
export interface Sighting {
  readonly found: Found | null;
  readonly doubt: boolean;
}

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

/** Why a send that was looked for is not sent again. */
export const IN_DOUBT =
  'a message with its text is there that may be this one or another; it is not sent again';

/**
 * By how much rows may be dated too early: the `Date` header that tells the API's clock has a grain of a second, as
 * some of its rows may have, and its machines do not agree to the millisecond. Too little would miss our own row, and
 * double it.
 */
const CLOCK_SLACK: Millis = 5 * SECOND;
/** Rows may be dated to the second. */
const DATE_GRAIN: Millis = SECOND;
const NOTHING: Sighting = { found: null, doubt: false };

/**
 * Looks for a send of unknown fate: first in the journal, which costs no call, then in the API's list of the
 * conversation or of the answers to the comment. Throws what the client throws.
 */
export async function readBack(send: Send, reading: Reading): Promise<Sighting> {
  const journalled = await findInJournal(send, reading);
  if (journalled.found) return journalled;
  const find = send.route === 'POST /v2/comments' ? findComment : findMessage;
  const listed = await find(send, reading);
  return { ...listed, doubt: listed.doubt || journalled.doubt };
}

/** The same in what the poller has read since the first attempt; the row's status is not known then. */
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
  // The recipient may be listed under another form of their id: within the conversation, who wrote it tells.
  const written = items.filter(
    ({ direction, recipientId, senderId }) =>
      direction === 'outgoing' ||
      (direction !== 'incoming' && (recipientId === contactId || own.has(senderId ?? ''))),
  );
  return ofThisSend(send, written.map(withRefusal), reading);
}

async function findComment(send: Send, reading: Reading): Promise<Sighting> {
  // What answers a reply shows up under the top-level comment, as it was sent.
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
 * The row that the send made, if it is among these: it has the text, is tied to no other send, and neither was in the
 * journal nor was written before what the send answers, by the clock that dates both. Never by its text alone, since two
 * sends may say the same to the same person. Of several the earliest, so that they are tied in the order in which they
 * were sent. When the journal had it before the attempt, or an earlier send may have left it, clocks must tell, and they
 * may be off: what they do not prove to be another's stays in doubt.
 */
async function ofThisSend(send: Send, rows: readonly Row[], { store, client }: Reading): Promise<Sighting> {
  const attemptedAt = firstAttemptAt(send);
  // What ended before without an id may have left a row as well: that one is older than its end.
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

/** What was sent again may show up by its first attempt, late as it is. */
function firstAttemptAt(send: Send): Instant {
  return send.resends > 0 ? send.createdAt : (send.attemptedAt ?? send.createdAt);
}

function withRefusal<R extends { readonly errorCode: string | null; readonly errorMessage: string | null }>(
  row: R,
): R & { readonly refusal: Refusal | null } {
  return { ...row, refusal: lateRefusalOf(row) };
}
