/**
 * What we read of the API's answers. Unknown fields and unknown values of enums are fine, a value that may be null
 * may be absent as well; only what we cannot do without makes an answer unreadable.
 */
import { z } from 'zod';
import type { Instant } from '../domain/time.js';
import { ContractError } from './errors.js';

export interface ApiMessage {
  readonly id: string;
  readonly conversationId: string | null;
  readonly at: Instant;
  readonly platform: string;
  readonly senderId: string | null;
  readonly recipientId: string;
  readonly status: string;
  /** '' when the message has no text, such as a picture. */
  readonly text: string;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  /** Null when the API does not say, as the published description has it. */
  readonly direction: 'incoming' | 'outgoing' | null;
}

export interface ApiParticipant {
  /** The platform's own id. */
  readonly id: string | null;
  readonly name: string | null;
  readonly username: string | null;
}

export interface ApiConversation {
  readonly id: string;
  readonly accountId: string;
  readonly platform: string;
  readonly participants: readonly ApiParticipant[];
  readonly updatedAt: Instant;
}

export interface ApiComment {
  readonly id: string;
  readonly accountId: string;
  readonly platform: string;
  readonly postId: string | null;
  readonly platformPostId: string | null;
  /** Null while the comment is queued. */
  readonly platformCommentId: string | null;
  readonly parentCommentId: string | null;
  /** The platform's own id. */
  readonly authorId: string | null;
  /** The API names no author, so this is never there. */
  readonly authorName?: null;
  /** True: the connected account itself wrote it. Null when the API does not say. */
  readonly isAuthor: boolean | null;
  readonly text: string;
  readonly status: string;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly at: Instant;
}

export interface ApiAccount {
  readonly id: string;
  readonly platform: string;
  readonly fullname: string | null;
  readonly username: string | null;
}

/** Of a Facebook account: a Page, whose `id` is the `pageId` of a send. */
export interface ApiSubaccount {
  readonly id: string;
  readonly name: string | null;
}

export interface ApiUser {
  readonly id: string | null;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque; gives the next, older page. Null on the last one. */
  readonly pageToken: string | null;
}

const DATE = /^\d{4}-\d{2}-\d{2}(?<time>[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(?<zone>Z|[+-]\d{2}:?\d{2})?$/u;

/** ISO 8601 to milliseconds. A time without a zone is UTC, not the zone of this machine. NaN when it is no date. */
function toInstant(text: string): Instant {
  const parts = DATE.exec(text)?.groups;
  if (parts === undefined) return NaN;
  return Date.parse(parts.time !== undefined && parts.zone === undefined ? `${text}Z` : text);
}

const id = z.string().min(1);
// The description of accounts and comments is our own reading of the help pages: a number would be no surprise.
const looseId = z.union([id, z.number().transform(String)]);
const optional = z
  .string()
  .nullish()
  .transform((value) => value ?? null);
const optionalId = looseId.nullish().transform((value) => value ?? null);
const text = z
  .string()
  .nullable()
  .transform((value) => value ?? '');
const instant = z.string().transform((value, context) => {
  const at = toInstant(value);
  if (Number.isNaN(at)) context.addIssue({ code: 'custom', message: 'not a date' });
  return at;
});
// A number by the description; seen as a text too, such as `10/2534022`.
const errorCode = looseId.nullish().transform((value) => value ?? null);

export const messageSchema: z.ZodType<ApiMessage> = z
  .looseObject({
    id,
    conversationId: optional,
    createdAt: instant,
    platform: z.string(),
    senderId: optional,
    recipientId: z.string(),
    status: z.string(),
    text,
    errorCode,
    errorMessage: optional,
    direction: z.string().nullish(),
    isAuthor: z.boolean().nullish(),
  })
  .transform((raw) => ({
    id: raw.id,
    conversationId: raw.conversationId,
    at: raw.createdAt,
    platform: raw.platform,
    senderId: raw.senderId,
    recipientId: raw.recipientId,
    status: raw.status,
    text: raw.text,
    errorCode: raw.errorCode,
    errorMessage: raw.errorMessage,
    direction: toDirection(raw.direction, raw.isAuthor),
  }));

export const conversationSchema: z.ZodType<ApiConversation> = z
  .looseObject({
    id,
    accountId: id,
    platform: z.string(),
    participants: z.array(z.object({ id: optional, name: optional, username: optional })),
    updatedAt: instant,
  })
  .transform(({ id, accountId, platform, participants, updatedAt }) => ({
    id,
    accountId,
    platform,
    participants,
    updatedAt,
  }));

export const commentSchema: z.ZodType<ApiComment> = z
  .looseObject({
    id: looseId,
    accountId: looseId,
    platform: z.string(),
    postId: optionalId,
    platformPostId: optionalId,
    platformCommentId: optionalId,
    parentCommentId: optionalId,
    authorId: optionalId,
    isAuthor: z.boolean().nullish(),
    text,
    status: z.string(),
    errorCode,
    errorMessage: optional,
    createdAt: instant,
  })
  .transform((raw) => ({
    id: raw.id,
    accountId: raw.accountId,
    platform: raw.platform,
    postId: raw.postId,
    platformPostId: raw.platformPostId,
    platformCommentId: raw.platformCommentId,
    parentCommentId: raw.parentCommentId,
    authorId: raw.authorId,
    isAuthor: raw.isAuthor ?? null,
    text: raw.text,
    status: raw.status,
    errorCode: raw.errorCode,
    errorMessage: raw.errorMessage,
    at: raw.createdAt,
  }));

export const accountSchema: z.ZodType<ApiAccount> = z
  .looseObject({ id: looseId, platform: z.string(), fullname: optional, username: optional })
  .transform(({ id, platform, fullname, username }) => ({ id, platform, fullname, username }));

export const subaccountSchema: z.ZodType<ApiSubaccount> = z
  .looseObject({ id: looseId, name: optional })
  .transform(({ id, name }) => ({ id, name }));

export const userSchema: z.ZodType<ApiUser> = z
  .looseObject({ id: optionalId })
  .transform(({ id }) => ({ id }));

/** A list as the API wraps it, `{ items, cursor? }`. */
export function pageSchema<T>(item: z.ZodType<T>): z.ZodType<Page<T>> {
  return z
    .looseObject({ items: z.array(item), cursor: z.string().nullish() })
    .transform(({ items, cursor }) => ({ items, pageToken: cursor === '' ? null : (cursor ?? null) }));
}

/** Reads the JSON text of an answer. Throws ContractError with the first place that does not fit. */
export function parseAnswer<T>(schema: z.ZodType<T>, json: string, route: string): T {
  const result = schema.safeParse(parseJson(json, route));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new ContractError(route, formatPath(issue?.path ?? []), issue?.message ?? 'it does not fit');
}

function parseJson(json: string, route: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // The library's own message quotes the text, which may hold what a contact wrote.
    throw new ContractError(route, '', json === '' ? 'it is empty' : 'it is not JSON');
  }
}

/** `['items', 3, 'createdAt']` as `items[3].createdAt`. */
function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./u, '');
}

function toDirection(direction?: string | null, isAuthor?: boolean | null): ApiMessage['direction'] {
  if (direction === 'incoming' || direction === 'outgoing') return direction;
  if (typeof isAuthor !== 'boolean') return null;
  return isAuthor ? 'outgoing' : 'incoming';
}
