import type { BlotatoClient } from '../../blotato/client.js';
import { BlotatoError } from '../../blotato/errors.js';
import { type Instant, type Millis, MINUTE } from '../../domain/time.js';
import type { AttemptEnd, AttemptResult } from '../../domain/attempt.js';
import type { AccountConfig } from '../../domain/config.js';
import { PLATFORM_TABLE } from '../../domain/platforms.js';
import { HUMAN_RULE } from '../../domain/rule.js';
import type { Send } from '../../domain/send.js';
import { endOfError, type FailedAttempt } from './attempt-end.js';
import type { Sending } from './sending.js';

/** Time before the end of the window from which on a request might arrive after it. */
const CLOSE_TO_END: Millis = MINUTE;

/** Request body of a send. */
export type Request =
  | { readonly message: Parameters<BlotatoClient['sendMessage']>[0] }
  | { readonly comment: Parameters<BlotatoClient['sendComment']>[0] };

type Posting = Pick<Sending, 'accounts' | 'client' | 'clock' | 'confirmAfter' | 'visibleWithin' | 'signal'>;

/**
 * Posts and returns the result. A refusal ends the send; 429 and a connection that never opened put it back
 * into the queue; anything else is ambiguous, and read-back settles it.
 */
export async function post(
  request: Request,
  attempt: Pick<FailedAttempt, 'send' | 'refusals'>,
  posting: Posting,
): Promise<AttemptResult> {
  const { clock, visibleWithin } = posting;
  try {
    return { end: await accepted(request, posting), holdRoute: null };
  } catch (error) {
    const isAccountGone = await isGone(error, attempt.send.account, posting);
    const result = endOfError(error, { ...attempt, now: clock(), visibleWithin, isAccountGone });
    return error instanceof BlotatoError ? { ...result, status: error.status } : result;
  }
}

/**
 * True if a 404 means that the account was connected again under another id; the send then waits until the
 * account is back. If the list of accounts cannot be read, this is assumed: the next probe finds out.
 */
async function isGone(error: unknown, name: string, { accounts, client, signal }: Posting): Promise<boolean> {
  const account = accounts.get(name);
  if (account === undefined || !(error instanceof BlotatoError && error.status === 404)) return false;
  try {
    const listed = await client.accounts(signal);
    return !listed.some(({ id }) => id === account.id);
  } catch {
    return true;
  }
}

async function accepted(
  request: Request,
  { client, clock, confirmAfter, signal }: Posting,
): Promise<AttemptEnd> {
  if ('comment' in request) {
    const { id: messageId, status } = await client.sendComment(request.comment, signal);
    return { state: 'accepted', messageId, status, conversationId: null, checkAt: clock() + confirmAfter };
  }
  const { id: messageId, status, conversationId } = await client.sendMessage(request.message, signal);
  return { state: 'accepted', messageId, status, conversationId, checkAt: clock() + confirmAfter };
}

/** The request for a send that leaves now. */
export function requestOf(send: Send, account: AccountConfig, now: Instant): Request {
  if (send.route === 'POST /v2/comments') {
    const { postId, threadId, text } = send;
    if (postId === null)
      throw new Error('bug: a public reply needs the id of the post, which a guard ensures');
    return { comment: { postId, text, ...(threadId === null ? {} : { parentCommentId: threadId }) } };
  }
  const { contactId: recipientId, text, buttons } = send;
  const message = { accountId: account.id, recipientId, text, target: targetOf(send, account, now) };
  if (!buttons || buttons.length === 0) return { message };
  // Not in the published description.
  const fields = { buttons: buttons.map((button) => ({ type: 'web_url', ...button })) };
  return { message: { ...message, ...fields } };
}

/**
 * A program replies inside the messaging window, which is `RESPONSE`. Only a reply that a person wrote may have the
 * tag for humans, which the platforms allow for longer.
 */
function responseOf({ rule, platform, eventAt }: Send, now: Instant) {
  const { replyWindow, humanWindow } = PLATFORM_TABLE[platform];
  const isLate = replyWindow !== null && eventAt + replyWindow - CLOSE_TO_END <= now;
  return rule === HUMAN_RULE && humanWindow !== null && isLate
    ? { responseType: 'MESSAGE_TAG' as const, tag: 'HUMAN_AGENT' }
    : { responseType: 'RESPONSE' as const };
}

function targetOf(send: Send, account: AccountConfig, now: Instant) {
  const comment =
    send.action === 'private_reply' && send.platformCommentId !== null
      ? { commentId: send.platformCommentId }
      : {};
  switch (send.platform) {
    case 'facebook':
      return {
        targetType: 'facebook' as const,
        pageId: account.pageId ?? '',
        ...responseOf(send, now),
        ...comment,
      };
    case 'instagram':
      return { targetType: 'instagram' as const, ...responseOf(send, now), ...comment };
    case 'twitter':
      return { targetType: 'twitter' as const };
    case 'bluesky':
      throw new Error('bluesky has no send target');
  }
}
