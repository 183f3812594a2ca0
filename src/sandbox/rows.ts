import type { Platform } from '../domain/event.js';
import { formatInstant } from '../domain/time.js';
import type { Instant } from '../domain/time.js';
import { commentStatus, failureAt, messageStatus } from './delivery.js';
import type { Delivery } from './delivery.js';

/** A social account connected to the sandbox. */
export interface SandboxAccount {
  /** Name of the account in tests and rules. */
  readonly name: string;
  /** Blotato's id of the account. */
  readonly id: string;
  readonly platform: Platform;
  readonly nativeId: string;
  /** Id of the Facebook page that sends. */
  readonly pageId?: string;
  readonly username: string;
  readonly fullname?: string;
}

/** A link under a message. */
export interface Button {
  readonly type: 'web_url';
  readonly title: string;
  readonly url: string;
}

/** A contact, by the platform's own id. */
export interface SandboxContact {
  readonly id: string;
  readonly name?: string | null;
  readonly username?: string | null;
}

export interface Person {
  readonly id: string;
  name: string | null;
  username: string | null;
}

export interface StoredConversation {
  readonly id: string;
  readonly account: SandboxAccount;
  readonly person: Person;
  /** Messages, oldest first. */
  readonly messages: StoredMessage[];
}

export interface StoredMessage {
  readonly id: string;
  readonly conversation: StoredConversation;
  readonly direction: 'incoming' | 'outgoing';
  text: string;
  readonly at: Instant;
  /** Time from which lists show the row. */
  readonly visibleFrom: Instant;
  /** Delivery of a row that was sent by the API; null for any other row. */
  readonly delivery: Delivery | null;
  readonly buttons?: readonly Button[];
}

export interface Post {
  /** Blotato's id of the post; null for a post that was not made with Blotato. */
  readonly id: string | null;
  readonly platformId: string;
  readonly account: SandboxAccount;
}

export interface StoredComment {
  readonly id: string;
  readonly post: Post;
  readonly parent: StoredComment | null;
  readonly platformId: string;
  readonly authorId: string;
  readonly isAuthor: boolean;
  text: string;
  readonly at: Instant;
  readonly visibleFrom: Instant;
  readonly delivery: Delivery | null;
  isDeleted: boolean;
  /** True if the only private reply is used, by anyone. */
  hasPrivateReply: boolean;
}

/** A message as the API returns it. */
export type ApiMessage = ReturnType<typeof toApiMessage>;

/** A comment as the API returns it. */
export type ApiComment = ReturnType<typeof toApiComment>;

/** The id that an account writes under: a Facebook account writes as its page. */
export function ownId(account: SandboxAccount): string {
  return account.pageId ?? account.nativeId;
}

/** Converts a message to the API's form at `now`. */
export function toApiMessage(message: StoredMessage, now: Instant, newerFields: boolean) {
  const { account, person } = message.conversation;
  const isIncoming = message.direction === 'incoming';
  const failure = failureAt(message.delivery, now);
  return {
    id: message.id,
    conversationId: message.conversation.id,
    platform: account.platform,
    senderId: isIncoming ? person.id : ownId(account),
    recipientId: isIncoming ? ownId(account) : person.id,
    text: message.text,
    status: messageStatus(message, now),
    errorCode: failure?.code ?? null,
    errorMessage: failure?.message ?? null,
    createdAt: formatInstant(message.at),
    ...(message.buttons ? { buttons: message.buttons } : {}),
    ...(newerFields ? { direction: message.direction, isAuthor: !isIncoming, accountId: account.id } : {}),
  };
}

/**
 * Converts a comment to the API's form at `now`. A comment has no platform id before the platform accepted
 * it.
 */
export function toApiComment(comment: StoredComment, now: Instant) {
  const { account } = comment.post;
  const status = commentStatus(comment, now);
  const failure = failureAt(comment.delivery, now);
  return {
    id: comment.id,
    accountId: account.id,
    platform: account.platform,
    postId: comment.post.id,
    parentCommentId: comment.parent?.id ?? null,
    platformPostId: comment.post.platformId,
    platformCommentId: status === 'posted' || status === 'deleted' ? comment.platformId : null,
    authorId: comment.authorId,
    isAuthor: comment.isAuthor,
    text: comment.text,
    status,
    errorCode: failure?.code ?? null,
    errorMessage: failure?.message ?? null,
    createdAt: formatInstant(comment.at),
  };
}

/** Converts a conversation to the API's form. The account itself is the first participant. */
export function toApiConversation(conversation: StoredConversation, updatedAt: Instant) {
  const { account, person } = conversation;
  const own = { id: ownId(account), name: account.fullname ?? account.name, username: account.username };
  return {
    id: conversation.id,
    accountId: account.id,
    platform: account.platform,
    participants: [own, person].map((who) => ({ ...who, profileImageUrl: null })),
    createdAt: formatInstant(conversation.messages[0]?.at ?? updatedAt),
    updatedAt: formatInstant(updatedAt),
  };
}
