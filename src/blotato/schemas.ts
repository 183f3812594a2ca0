/**
 * The fields used of the API's rows. Unknown fields and unknown enum values are accepted; a missing field, or
 * one of another type, counts as absent. Only a missing essential field makes a row unreadable, and then only
 * that row.
 */
import { z } from 'zod';
import type { Instant } from '../domain/time.js';
import {
  anyWord,
  errorCode,
  id,
  instant,
  optionalBoolean,
  optionalId,
  optionalText,
  text,
} from './fields.js';

export interface ApiMessage {
  readonly id: string;
  readonly conversationId: string | null;
  readonly at: Instant;
  readonly platform: string;
  readonly senderId: string | null;
  /** Id of the recipient; '' if absent. */
  readonly recipientId: string;
  /** Status of the message; '' if absent. */
  readonly status: string;
  /** Text of the message; '' if it has none, such as a picture. */
  readonly text: string;
  /** Error code as the API writes it: a number or, as in `10/2534022`, a text. */
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  /** Direction of the message; null if absent, as in the published description. */
  readonly direction: 'incoming' | 'outgoing' | null;
}

export interface ApiParticipant {
  /** The platform's own id of the person. */
  readonly id: string | null;
  readonly name: string | null;
  readonly username: string | null;
}

export interface ApiConversation {
  readonly id: string;
  readonly accountId: string;
  readonly participants: readonly ApiParticipant[];
}

export interface ApiComment {
  readonly id: string;
  readonly accountId: string;
  readonly platform: string;
  readonly postId: string | null;
  readonly platformPostId: string | null;
  /** The platform's id of the comment; null while the comment is queued. */
  readonly platformCommentId: string | null;
  readonly parentCommentId: string | null;
  /** The platform's own id of the author. */
  readonly authorId: string | null;
  /** The API does not return the author's name, so this is never set. */
  readonly authorName?: null;
  /** True if the connected account itself wrote it. Null if absent. */
  readonly isAuthor: boolean | null;
  readonly text: string;
  readonly status: string;
  /** Error code as the API writes it: a number or, as in `10/2534022`, a text. */
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly at: Instant;
}

export interface ApiAccount {
  readonly id: string;
  /** Platform of the account; '' if absent. */
  readonly platform: string;
  readonly fullname: string | null;
  readonly username: string | null;
}

/** Part of an account. For a Facebook account it is a Page, whose `id` is the `pageId` of a send. */
export interface ApiSubaccount {
  readonly id: string;
  readonly name: string | null;
}

export interface ApiUser {
  readonly id: string | null;
}

/** Response to a send: it was accepted, nothing more. */
export interface ApiAccepted {
  readonly id: string;
  readonly status: string;
  readonly conversationId: string | null;
}

export const messageSchema: z.ZodType<ApiMessage> = z
  .looseObject({
    id,
    conversationId: optionalId,
    createdAt: instant,
    platform: z.string(),
    senderId: optionalId,
    recipientId: optionalId,
    status: anyWord,
    text,
    errorCode,
    errorMessage: optionalText,
    direction: optionalText,
    isAuthor: optionalBoolean,
  })
  .transform((raw) => ({
    id: raw.id,
    conversationId: raw.conversationId,
    at: raw.createdAt,
    platform: raw.platform,
    senderId: raw.senderId,
    recipientId: raw.recipientId ?? '',
    status: raw.status,
    text: raw.text,
    errorCode: raw.errorCode,
    errorMessage: raw.errorMessage,
    direction: toDirection(raw.direction, raw.isAuthor),
  }));

const participant = z
  .looseObject({ id: optionalId, name: optionalText, username: optionalText })
  .transform(({ id: own, name, username }) => ({ id: own, name, username }));
const NOBODY: ApiParticipant = { id: null, name: null, username: null };

export const conversationSchema: z.ZodType<ApiConversation> = z
  .looseObject({ id, accountId: id, participants: z.array(participant.catch(NOBODY)).catch([]) })
  .transform(({ id: own, accountId, participants }) => ({ id: own, accountId, participants }));

export const commentSchema: z.ZodType<ApiComment> = z
  .looseObject({
    id,
    accountId: id,
    platform: z.string(),
    postId: optionalId,
    platformPostId: optionalId,
    platformCommentId: optionalId,
    parentCommentId: optionalId,
    authorId: optionalId,
    isAuthor: optionalBoolean,
    text,
    status: anyWord,
    errorCode,
    errorMessage: optionalText,
    createdAt: instant,
  })
  .transform(({ createdAt: at, ...raw }) => ({
    id: raw.id,
    accountId: raw.accountId,
    platform: raw.platform,
    postId: raw.postId,
    platformPostId: raw.platformPostId,
    platformCommentId: raw.platformCommentId,
    parentCommentId: raw.parentCommentId,
    authorId: raw.authorId,
    isAuthor: raw.isAuthor,
    text: raw.text,
    status: raw.status,
    errorCode: raw.errorCode,
    errorMessage: raw.errorMessage,
    at,
  }));

/** Fields used of the response to a send: the id proves that it was accepted; nothing else is required. */
export const acceptedSchema: z.ZodType<ApiAccepted> = z
  .looseObject({ id, status: anyWord, conversationId: optionalId })
  .transform(({ id: own, status, conversationId }) => ({ id: own, status, conversationId }));

export const accountSchema: z.ZodType<ApiAccount> = z
  .looseObject({ id, platform: anyWord, fullname: optionalText, username: optionalText })
  .transform(({ id: own, platform, fullname, username }) => ({ id: own, platform, fullname, username }));

export const subaccountSchema: z.ZodType<ApiSubaccount> = z
  .looseObject({ id, name: optionalText })
  .transform(({ id: own, name }) => ({ id: own, name }));

export const userSchema: z.ZodType<ApiUser> = z
  .looseObject({ id: optionalId })
  .transform(({ id: own }) => ({ id: own }));

function toDirection(direction?: string | null, isAuthor?: boolean | null): ApiMessage['direction'] {
  if (direction === 'incoming' || direction === 'outgoing') return direction;
  if (typeof isAuthor !== 'boolean') return null;
  return isAuthor ? 'outgoing' : 'incoming';
}
