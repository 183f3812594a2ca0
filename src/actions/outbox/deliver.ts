import type { BlotatoClient } from '../../blotato/client.js';
import type { AccountConfig } from '../../domain/config.js';
import type { Send } from '../../domain/send.js';
import { LIMITS } from '../../domain/limits.js';
import type { Clock, Instant, Millis } from '../../domain/time.js';
import type { Store } from '../../store/store.js';
import { endOfError, type Refusals } from './attempt-end.js';
import type { GuardSettings, GuardSubject, Objection } from '../guards/guard.js';
import { askGuards } from '../guards/guards.js';
import { findInJournal } from './read-back.js';
import type { Delivered, AttemptEnd } from '../../domain/attempt.js';
import { OPT_OUT_RULE } from '../../domain/rule.js';

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

/**
 * Makes one attempt at a send that is claimed: asks the guards once more, and posts. Gives how it ended, for the caller
 * to commit. A refusal ends the send; 429 and a connection that never opened put it back; anything else is ambiguous,
 * and read-back settles it. Throws what the store throws, and then nothing has left.
 */
export async function deliver(
  send: Send,
  parts: DeliverParts,
  refusals: Refusals,
  signal: AbortSignal,
): Promise<Delivered> {
  const { store, clock, accounts, visibleWithin } = parts;
  const account = accounts.get(send.account);
  if (!account) {
    const detail = `${send.account} is no longer in the configuration`;
    return { end: { state: 'stopped', reason: 'blocked_account', detail }, holdRoute: null };
  }
  const arrived = send.resends > 0 ? await findInJournal(send, parts) : null;
  if (arrived) return { end: { ...arrived, state: 'accepted', checkAt: clock() }, holdRoute: null };
  const facts = await store.guardFacts(send, clock());
  const { objection } = askGuards(subjectOf(send), facts, parts.guards, 'sending');
  if (objection)
    return {
      end: { state: 'stopped', reason: objection.reason, detail: noteOn(send, objection) },
      holdRoute: null,
    };

  const body = bodyOf(send, account);
  if (clock() - (send.attemptedAt ?? clock()) > LIMITS.claimedMost) return putBack(clock());
  try {
    return { end: await post(body, parts, signal), holdRoute: null };
  } catch (error) {
    return endOfError(error, { send, refusals, now: clock(), visibleWithin });
  }
}

/** This process stood still, as a frozen one does, and somebody else may own the send by now. */
function putBack(notBefore: Instant): Delivered {
  const detail = 'the program stood still before it was sent';
  return { end: { state: 'pending', notBefore, detail, isUncounted: true }, holdRoute: null };
}

type Body =
  | { readonly message: Parameters<BlotatoClient['sendMessage']>[0] }
  | { readonly comment: Parameters<BlotatoClient['sendComment']>[0] };

async function post(
  body: Body,
  { client, clock, confirmAfter }: DeliverParts,
  signal: AbortSignal,
): Promise<AttemptEnd> {
  if ('comment' in body) {
    const { id: messageId, status } = await client.sendComment(body.comment, signal);
    return { state: 'accepted', messageId, status, conversationId: null, checkAt: clock() + confirmAfter };
  }
  const { id: messageId, status, conversationId } = await client.sendMessage(body.message, signal);
  return { state: 'accepted', messageId, status, conversationId, checkAt: clock() + confirmAfter };
}

/** What is stopped before it was sent again may have arrived the first time, though no look found it. */
export function noteOn({ resends }: Send, { note }: Objection): string {
  return resends === 0 ? note : `${note}; an earlier attempt of unknown fate was looked up and not found`;
}

export function subjectOf(send: Send): GuardSubject {
  return {
    kind: send.commentId === null ? ('message' as const) : ('comment' as const),
    platform: send.platform,
    actions: [send.action],
    contactId: send.contactId,
    platformCommentId: send.platformCommentId,
    eventAt: send.eventAt,
    confirmsOptOut: send.rule === OPT_OUT_RULE,
    continues: false,
  };
}

function bodyOf(send: Send, account: AccountConfig): Body {
  if (send.route === 'POST /v2/comments') {
    const parent = send.commentId === null ? {} : { parentCommentId: send.commentId };
    return { comment: { postId: send.postId ?? '', text: send.text, ...parent } };
  }
  const { contactId: recipientId, text } = send;
  return { message: { accountId: account.id, recipientId, text, target: targetOf(send, account) } };
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
