import type { Platform } from '../domain/event.js';
import { DAY } from '../domain/time.js';
import type { Instant, Millis } from '../domain/time.js';
import { ALREADY_REPLIED, refuse } from './response.js';
import type { Response, Call, Desk } from './response.js';
import { lateFailure, messageStatus } from './delivery.js';
import { toApiMessage } from './rows.js';
import type { Button, SandboxAccount, StoredComment, StoredConversation } from './rows.js';

interface MessageBody {
  readonly accountId: string;
  readonly recipientId: string;
  readonly text: string;
  readonly buttons?: readonly Button[];
  readonly target: {
    readonly targetType: Platform;
    readonly pageId?: string;
    readonly commentId?: string;
    readonly responseType?: string;
    readonly tag?: string;
  };
}

/**
 * Length limit of Messenger (Send API, read 2026). The sandbox refuses a longer text at once, while
 * Instagram's limit fails late, so that both cases occur.
 */
const FACEBOOK_CHARACTERS = 2_000;
/**
 * Window of a private reply, counted from the comment, on both platforms (Meta's pages on private replies,
 * read 2026).
 */
const PRIVATE_REPLY_WITHIN: Millis = 7 * DAY;

type Late = Pick<Call, 'lateFailure'>;

/**
 * Handles POST /v2/messages. The first message to a person who only commented starts a conversation; the 201
 * does not contain its id.
 */
export function sendMessage(desk: Desk, call: Call): Response {
  // The shape of the body was validated against the description.
  const body = call.body as MessageBody;
  const account = desk.world.accounts.find(({ id }) => id === body.accountId);
  if (account === undefined) return refuse(404, `account ${body.accountId} not found`);
  if (body.buttons && desk.refusesButtons) return refuse(422, '/body/buttons is not described');
  const wrong = targetError(body, account);
  if (wrong !== null) return refuse(422, wrong);
  const { commentId } = body.target;
  if (commentId !== undefined)
    return sendPrivateReply(desk, body, { account, commentId, lateFailure: call.lateFailure });
  const conversation = desk.world.conversationWith(account, body.recipientId);
  if (conversation === undefined)
    return refuse(422, `recipient ${body.recipientId} is unknown to this account`);
  return {
    status: 201,
    body: accept(desk, body, { conversation, comment: null, lateFailure: call.lateFailure }),
  };
}

function sendPrivateReply(
  desk: Desk,
  body: MessageBody,
  to: { readonly account: SandboxAccount; readonly commentId: string } & Late,
): Response {
  const comment = desk.world.findCommentByPlatformId(to.commentId);
  if (comment?.post.account.id !== to.account.id) return refuse(404, `comment ${to.commentId} not found`);
  const wrong = commentError(comment, body.recipientId, desk.clock());
  if (wrong !== null) return wrong;
  const isFirst = desk.world.conversationWith(to.account, body.recipientId) === undefined;
  const conversation = desk.world.openConversation(to.account, body.recipientId);
  // A reply that will fail does not use up the private reply.
  comment.hasPrivateReply = !to.lateFailure;
  const row = accept(desk, body, { conversation, comment, lateFailure: to.lateFailure });
  return { status: 201, body: isFirst ? { ...row, conversationId: null } : row };
}

function targetError({ target, text }: MessageBody, account: SandboxAccount): string | null {
  const { targetType, commentId, responseType, tag } = target;
  if (targetType !== account.platform)
    return `account ${account.id} is on ${account.platform}, not ${targetType}`;
  if (targetType === 'facebook' && target.pageId !== account.pageId) {
    return `page ${target.pageId ?? ''} is not a page of account ${account.id}`;
  }
  if (responseType === 'MESSAGE_TAG' && tag === undefined) return 'tag is required for MESSAGE_TAG';
  if (targetType === 'twitter' && commentId !== undefined) return 'twitter has no private replies';
  if (targetType === 'facebook' && Array.from(text).length > FACEBOOK_CHARACTERS) {
    return `text is longer than ${FACEBOOK_CHARACTERS} characters`;
  }
  return null;
}

function commentError(comment: StoredComment, recipientId: string, now: Instant): Response | null {
  const { platformId } = comment;
  if (comment.isDeleted) return refuse(422, `the comment ${platformId} was deleted`);
  if (comment.isAuthor) return refuse(422, `the comment ${platformId} is the account's own`);
  if (comment.authorId !== recipientId)
    return refuse(422, `${recipientId} did not write the comment ${platformId}`);
  if (now - comment.at > PRIVATE_REPLY_WITHIN)
    return refuse(422, `the comment ${platformId} is older than 7 days`);
  if (comment.hasPrivateReply)
    return refuse(422, `the comment ${platformId} already has a reply`, ALREADY_REPLIED);
  return null;
}

function accept(
  desk: Desk,
  { text, recipientId, buttons, target }: MessageBody,
  to: { readonly conversation: StoredConversation; readonly comment: StoredComment | null } & Late,
): object {
  const now = desk.clock();
  const { tag = null } = target;
  const { conversation, comment } = to;
  const { platform, id: accountId } = conversation.account;
  const lastInboundAt =
    conversation.messages.findLast(({ direction }) => direction === 'incoming')?.at ?? null;
  const failure =
    to.lateFailure ??
    lateFailure({
      platform,
      text,
      isPrivateReply: comment !== null,
      lastInboundAt,
      now,
      tag,
    });
  const delivery = { acceptedAt: now, queuedFor: desk.queuedFor, failure };
  const visibleFrom = now + desk.visibleAfter;
  const message = desk.world.addMessage({
    conversation,
    direction: 'outgoing',
    text,
    at: now,
    visibleFrom,
    delivery,
    ...(buttons && desk.newerFields ? { buttons } : {}),
  });
  desk.sends.push({
    kind: 'message',
    accountId,
    recipientId,
    text,
    commentId: comment?.platformId ?? null,
    postId: comment?.post.id ?? null,
    buttons: message.buttons ?? [],
    tag,
    parentCommentId: null,
    at: now,
    id: message.id,
    statusAt: (then) => messageStatus(message, then),
  });
  return {
    ...toApiMessage(message, now, desk.newerFields),
    status: 'queued',
    errorCode: null,
    errorMessage: null,
  };
}
