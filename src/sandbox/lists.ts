import type { Instant } from '../domain/time.js';
import { refuse } from './response.js';
import type { Response, Call, Desk } from './response.js';
import { compareKeys, decodeCursor, encodeCursor, readPage } from './paging.js';
import type { Key } from './paging.js';
import { toApiComment, toApiConversation, toApiMessage } from './rows.js';
import type { SandboxAccount, StoredConversation } from './rows.js';

const DEFAULT_LIMIT = 50;

/** Query keys of all lists. */
export interface ListQuery {
  readonly limit?: number;
  readonly cursor?: string;
  readonly platform?: string | readonly string[];
  readonly accountId?: string;
  readonly conversationId?: string;
  readonly postId?: string;
  readonly parentCommentId?: string;
  readonly since?: string;
  readonly until?: string;
}

interface Listing<T extends Key> {
  /** Rows of the list, oldest first. */
  readonly rows: readonly T[];
  readonly wants: (row: T, query: ListQuery) => boolean;
  readonly write: (row: T) => unknown;
}

/**
 * Responds to GET /v2/conversations: by last activity. A conversation is visible once one of its messages is.
 */
export function listConversations(desk: Desk, call: Call): Response {
  const now = desk.clock();
  const rows = desk.world
    .conversations()
    .map((conversation) => ({ conversation, id: conversation.id, at: lastActivity(conversation, now) }))
    .filter((row): row is typeof row & Key => row.at !== null)
    .sort(compareKeys);
  return list(desk, call, {
    rows,
    wants: ({ conversation: { account } }, query) => isListed(desk, account, query),
    write: ({ conversation, at }) => toApiConversation(conversation, at),
  });
}

/** Responds to GET /v2/conversations/{conversationId}. */
export function getConversation(desk: Desk, call: Call): Response {
  const conversation = desk.world.findConversation(call.params['conversationId'] ?? '');
  const updatedAt = conversation === undefined ? null : lastActivity(conversation, desk.clock());
  if (conversation === undefined || updatedAt === null) return refuse(404, 'conversation not found');
  return { status: 200, body: toApiConversation(conversation, updatedAt) };
}

/** Responds to GET /v2/messages. An unknown conversation has no messages. */
export function listMessages(desk: Desk, call: Call): Response {
  const now = desk.clock();
  const { conversationId } = call.query as ListQuery;
  const rows =
    conversationId === undefined
      ? desk.world.messages
      : (desk.world.findConversation(conversationId)?.messages ?? []);
  return list(desk, call, {
    rows,
    wants: (message, query) =>
      message.visibleFrom <= now && isListed(desk, message.conversation.account, query),
    write: (message) => toApiMessage(message, now, desk.newerFields),
  });
}

/**
 * Responds to GET /v2/messages/{messageId}, only with `newerFields`. Unlike lists, it returns a message at
 * once.
 */
export function getMessage(desk: Desk, call: Call): Response {
  const message = desk.newerFields ? desk.world.findMessage(call.params['messageId'] ?? '') : undefined;
  if (message === undefined) return refuse(404, 'message not found');
  return { status: 200, body: toApiMessage(message, desk.clock(), true) };
}

/** Responds to GET /v2/comments. `since` and `until` are inclusive. */
export function listComments(desk: Desk, call: Call): Response {
  const now = desk.clock();
  return list(desk, call, {
    rows: desk.world.comments,
    wants: (comment, query) =>
      comment.visibleFrom <= now &&
      isListed(desk, comment.post.account, query) &&
      isWithin(comment.at, query) &&
      (query.postId === undefined || comment.post.id === query.postId) &&
      (query.parentCommentId === undefined || comment.parent?.id === query.parentCommentId),
    write: (comment) => toApiComment(comment, now),
  });
}

/** Responds to GET /v2/comments/{commentId}. */
export function getComment(desk: Desk, call: Call): Response {
  const comment = desk.world.findComment(call.params['commentId'] ?? '');
  if (comment === undefined) return refuse(404, 'comment not found');
  return { status: 200, body: toApiComment(comment, desk.clock()) };
}

/** Responds to GET /v2/users/me. */
export function getUser(): Response {
  return { status: 200, body: { id: 'sandbox-user' } };
}

/** Responds to GET /v2/users/me/accounts. */
export function listAccounts(desk: Desk, { query }: Call): Response {
  const items = desk.world.accounts
    .filter((account) => isOf(account, query as ListQuery))
    .map(({ id, platform, username, fullname }) => {
      return { id, platform, username, fullname: fullname ?? username };
    });
  return { status: 200, body: { items } };
}

/**
 * Responds to GET /v2/users/me/accounts/{accountId}/subaccounts: the Facebook page; other accounts have none.
 */
export function listSubaccounts(desk: Desk, call: Call): Response {
  const account = desk.world.accounts.find(({ id }) => id === call.params['accountId']);
  if (account === undefined) return refuse(404, 'account not found');
  const { id, pageId, fullname, name } = account;
  return {
    status: 200,
    body: { items: pageId === undefined ? [] : [{ id: pageId, accountId: id, name: fullname ?? name }] },
  };
}

/** Responds with one page of a list. */
export function list<T extends Key>(desk: Desk, call: Call, listing: Listing<T>): Response {
  const query = call.query as ListQuery;
  const { accountId } = query;
  if (accountId !== undefined && !desk.world.accounts.some(({ id }) => id === accountId)) {
    return refuse(404, `account ${accountId} not found`);
  }
  const before = query.cursor === undefined ? null : decodeCursor(query.cursor);
  if (before === undefined) return refuse(422, 'cursor is not valid');
  const limit = Math.min(query.limit ?? DEFAULT_LIMIT, desk.pageSizeMost);
  const page = readPage(listing.rows, { before, limit, wants: (row) => listing.wants(row, query) });
  const items = page.items.map((row) => listing.write(row));
  const last = page.items.at(-1);
  // Today's lists name a cursor on the last page too, and only an empty page ends them (observed).
  const cursor = page.cursor ?? (desk.newerFields && last !== undefined ? encodeCursor(last) : null);
  return { status: 200, body: cursor === null ? { items } : { items, cursor } };
}

/** True if the account is connected, and the query asks for it. */
export function isListed(desk: Desk, account: SandboxAccount, query: ListQuery): boolean {
  return desk.world.accounts.includes(account) && isOf(account, query);
}

function isOf(account: { readonly id: string; readonly platform: string }, query: ListQuery): boolean {
  const { platform, accountId } = query;
  const platforms = typeof platform === 'string' ? [platform] : platform;
  return (platforms?.includes(account.platform) ?? true) && (accountId ?? account.id) === account.id;
}

function isWithin(at: Instant, { since, until }: ListQuery): boolean {
  return (since === undefined || at >= Date.parse(since)) && (until === undefined || at <= Date.parse(until));
}

function lastActivity(conversation: StoredConversation, now: Instant): Instant | null {
  return conversation.messages.findLast(({ visibleFrom }) => visibleFrom <= now)?.at ?? null;
}
