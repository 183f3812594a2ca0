import type { ApiComment } from '../blotato/schemas.js';
import { type InboundEvent, isPlatform } from '../domain/event.js';
import { LIMITS } from '../domain/limits.js';
import { lateRefusalOf } from '../blotato/refusals.js';
import { commentDirectionOf, configuredIds } from './direction.js';
import { unreadableEvent } from './unreadable.js';
import { isSibling } from './sibling.js';
import { cacheOwnIds, type OwnIds } from './own-ids.js';
import type { Source, SourceParts, SourceRow } from './source.js';
import type { NewEvent } from '../store/ports/polls.js';

/** The place of a row whose fields are not known. */
const UNREADABLE = {
  kind: 'comment',
  conversationId: null,
  comment: { postId: null, platformPostId: null, platformCommentId: null, parentId: null },
} as const;

interface CommentRow extends SourceRow {
  readonly comment: ApiComment;
}

/** Comments on posts of Instagram and Facebook. A comment contains its account, but no author's name. */
export function commentSource(parts: SourceParts): Source<CommentRow> {
  const { store, client } = parts;
  return {
    resource: 'comments',
    kind: 'comment',
    async page(platforms, pageToken, signal) {
      const page = await client.listComments(
        { platforms, limit: LIMITS.pageSize, ...(pageToken === null ? {} : { pageToken }) },
        signal,
      );
      return { rows: page.items.map(toRow), unreadable: page.unreadable, pageToken: page.pageToken };
    },
    async toEvents(rows, isBeforeStart) {
      const own = await store.isOwnSend(
        'POST /v2/comments',
        rows.map((row) => row.id),
      );
      const events: NewEvent[] = [];
      const authors = { accounts: parts.accounts, store: cacheOwnIds(store) };
      for (const row of rows) {
        const event = await toEvent(row.comment, own.has(row.id), authors);
        if (event) events.push({ event, beforeStart: isBeforeStart(row) });
      }
      return events;
    },
    async toUnreadable(row, asked, now) {
      const account = row.accountId === null ? null : parts.accounts.get(row.accountId);
      return account === undefined ? null : unreadableEvent(row, account, UNREADABLE, { asked, now });
    },
  };
}

function toRow(comment: ApiComment): CommentRow {
  const { id, platform, at, status, errorCode, errorMessage } = comment;
  const refusal = lateRefusalOf({ errorCode, errorMessage });
  return {
    id,
    platform,
    at,
    comment,
    delivery: { route: 'POST /v2/comments', messageId: id, status, refusal, conversationId: null },
  };
}

async function toEvent(
  comment: ApiComment,
  isOwnSend: boolean,
  parts: Pick<SourceParts, 'accounts'> & { readonly store: OwnIds },
): Promise<InboundEvent | null> {
  const account = parts.accounts.get(comment.accountId);
  if (!account || !isPlatform(comment.platform)) return null;
  const stored = await parts.store.ownIds(account.name);
  const ownIds = new Set([...configuredIds(account, null, []), ...stored]);
  const stated = comment.isAuthor === null ? null : comment.isAuthor ? 'outgoing' : 'incoming';
  const authorship = {
    stated,
    senderId: comment.authorId,
    recipientId: null,
    status: comment.status,
    isOwnSend: isOwnSend || (await isSibling(comment.authorId, account, parts)),
  } as const;
  return {
    id: `comment:${comment.id}`,
    kind: 'comment',
    platform: comment.platform,
    account: account.name,
    sourceId: comment.id,
    conversationId: null,
    contact: { id: comment.authorId ?? '', name: null, username: null },
    text: comment.text,
    at: comment.at,
    direction: commentDirectionOf(authorship, ownIds),
    comment: {
      postId: comment.postId,
      platformPostId: comment.platformPostId,
      // The id of a deleted comment is left out, because it can no longer get a reply.
      platformCommentId: comment.status === 'deleted' ? null : comment.platformCommentId,
      parentId: comment.parentCommentId,
    },
  };
}
