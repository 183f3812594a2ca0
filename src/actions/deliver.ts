import type { AccountConfig } from '../domain/config.js';
import type { Send } from '../domain/send.js';
import type { Clock, Instant, Millis } from '../domain/time.js';
import type { BlotatoClient } from '../blotato/client.js';
import { BlotatoError, NoAnswerError } from '../blotato/errors.js';
import { backoff } from '../blotato/throttle.js';
import type { AttemptEnd, Store } from '../store/store.js';
import type { GuardSettings } from './guards/guard.js';
import { askGuards } from './guards/guards.js';
import { OPT_OUT_RULE } from './opt-out.js';

/** Blotato's codes (help pages and reports, 2026). */
const CODES = { contactLimit: 20101, privateReplySpent: 20102, noPermission: 20201 } as const;

export interface DeliverParts {
  readonly store: Store;
  readonly client: BlotatoClient;
  readonly accounts: ReadonlyMap<string, AccountConfig>;
  readonly guards: GuardSettings;
  readonly visibleWithin: Millis;
  /** How long after an answer of 201 to look for the final status, if no list brought it by then. */
  readonly confirmAfter: Millis;
  readonly clock: Clock;
}

/** What the outbox does next, beyond the row: nothing, or leave the route alone until then. */
export interface Delivered {
  readonly end: AttemptEnd;
  readonly holdUntil: Instant | null;
}

/**
 * Makes one attempt at a send that is claimed: asks the guards once more, posts, and commits how it ended. A refusal
 * ends the send; 429 and a connection that never opened put it back; anything else is ambiguous, and read-back settles it.
 */
export async function deliver(send: Send, parts: DeliverParts, signal: AbortSignal): Promise<Delivered> {
  const { store, clock, accounts } = parts;
  const account = accounts.get(send.account);
  const facts = await store.guardFacts(send, clock());
  const { objection } = askGuards(subjectOf(send), facts, parts.guards, 'sending');
  if (objection || !account) {
    const end: AttemptEnd = objection
      ? { state: 'stopped', reason: objection.reason, detail: objection.note }
      : {
          state: 'stopped',
          reason: 'blocked_account',
          detail: `${send.account} is no longer in the configuration`,
        };
    await store.endAttempt(send, end, clock());
    return { end, holdUntil: null };
  }

  const outcome = await post(send, account, parts, signal);
  await store.endAttempt(send, outcome.end, clock());
  return outcome;
}

async function post(
  send: Send,
  account: AccountConfig,
  parts: DeliverParts,
  signal: AbortSignal,
): Promise<Delivered> {
  const { client, clock, visibleWithin, confirmAfter } = parts;
  try {
    const { id, status, conversationId } =
      send.route === 'POST /v2/comments'
        ? { ...(await client.sendComment(commentBody(send), signal)), conversationId: null }
        : await client.sendMessage(messageBody(send, account), signal);
    const checkAt = clock() + confirmAfter;
    return { end: { state: 'accepted', messageId: id, status, conversationId, checkAt }, holdUntil: null };
  } catch (error) {
    return endOfError(error, send, clock(), visibleWithin);
  }
}

/** What a failed attempt means for the row. The status decides, and the code: never the text of a message. */
function endOfError(error: unknown, send: Send, now: Instant, visibleWithin: Millis): Delivered {
  if (error instanceof BlotatoError && error.kind === 'rate_limited') {
    const notBefore = now + (error.retryAfter ?? jittered(send.attempts));
    return {
      end: { state: 'pending', notBefore, detail: 'the API asked to wait (429)' },
      holdUntil: notBefore,
    };
  }
  if (error instanceof BlotatoError && error.kind === 'unauthorized') {
    const notBefore = now + jittered(send.attempts + 4);
    return {
      end: { state: 'pending', notBefore, detail: 'the API refused the key (401)' },
      holdUntil: notBefore,
    };
  }
  if (error instanceof BlotatoError && error.kind !== 'server')
    return { end: refusal(error, send), holdUntil: null };
  if (error instanceof NoAnswerError && !error.sent) {
    const notBefore = now + jittered(send.attempts);
    return { end: { state: 'pending', notBefore, detail: error.message }, holdUntil: notBefore };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return { end: { state: 'ambiguous', checkAt: now + visibleWithin / 3, detail }, holdUntil: null };
}

function refusal(error: BlotatoError, send: Send): AttemptEnd {
  const detail = `${error.code ?? error.status}: ${error.text}`;
  if (error.code === CODES.privateReplySpent && send.action === 'private_reply') {
    // After an ambiguous attempt of ours, "already has a reply" means that ours arrived.
    if (send.resends > 0)
      return { state: 'sent', detail: 'the API says that the comment has its private reply' };
    return {
      state: 'failed',
      reason: 'private_reply_used',
      detail: `another tool or a human spent it (${detail})`,
    };
  }
  if (error.code === CODES.contactLimit || error.code === CODES.noPermission) {
    return { state: 'failed', reason: 'blocked_account', detail };
  }
  return { state: 'failed', reason: 'failed', detail };
}

/** Half of the wait is certain and half is chance, so that several processes do not come back at once. */
function jittered(attempts: number): Millis {
  const wait = backoff(attempts);
  return Math.round(wait / 2 + (Math.random() * wait) / 2);
}

function subjectOf(send: Send) {
  return {
    kind: send.commentId === null ? ('message' as const) : ('comment' as const),
    platform: send.platform,
    actions: [send.action],
    contactId: send.contactId,
    platformCommentId: send.platformCommentId,
    eventAt: send.eventAt,
    confirmsOptOut: send.rule === OPT_OUT_RULE,
  };
}

function messageBody(send: Send, account: AccountConfig) {
  return {
    accountId: account.id,
    recipientId: send.contactId,
    text: send.text,
    target: targetOf(send, account),
  };
}

/** A program answers inside the messaging window, which is `RESPONSE`; the tags for humans are never used. */
function targetOf(send: Send, account: AccountConfig) {
  const comment =
    send.action === 'private_reply' && send.platformCommentId !== null
      ? { commentId: send.platformCommentId }
      : {};
  switch (send.platform) {
    case 'facebook':
      return {
        targetType: 'facebook' as const,
        pageId: account.pageId ?? '',
        responseType: 'RESPONSE' as const,
        ...comment,
      };
    case 'instagram':
      return { targetType: 'instagram' as const, responseType: 'RESPONSE' as const, ...comment };
    case 'twitter':
      return { targetType: 'twitter' as const };
    case 'bluesky':
      throw new Error('bluesky has no send target');
  }
}

function commentBody(send: Send) {
  return {
    postId: send.postId ?? '',
    text: send.text,
    ...(send.commentId === null ? {} : { parentCommentId: send.commentId }),
  };
}
