import type { InboundEvent, Platform } from '../../domain/event.js';
import type { Instant } from '../../domain/time.js';
import type { KnownConversation, NewEvent, OpenWalk, Resource, Store } from '../store.js';
import { nextPosts } from './next-posts.js';
import type { Database } from './open.js';

type PollerPart = Pick<
  Store,
  | 'marks'
  | 'openWalk'
  | 'journalled'
  | 'recordPage'
  | 'finishWalk'
  | 'conversations'
  | 'saveConversations'
  | 'ownIds'
  | 'saveOwnId'
>;

/** What the poller keeps: events, marks and open walks; whose conversation is whose. */
export function recordPoll(db: Database, clock: () => Instant): PollerPart {
  return { ...walks(db, clock), ...acquaintances(db) };
}

function walks(db: Database, clock: () => Instant) {
  const marks = db.prepare('select platform, mark_at from cursors where resource = ?');
  const walk = db.prepare('select platforms, page_token, newest_at from walks where resource = ?');
  const journalled = db.prepare(
    'select source_id from events where kind = ? and id in (select value from json_each(?))',
  );
  const insertEvent = db.prepare(INSERT_EVENT);
  const saveWalk = db.prepare('insert or replace into walks values (?, ?, ?, ?)');
  const dropWalk = db.prepare('delete from walks where resource = ?');
  const posts = nextPosts(db);
  const saveMark = db.prepare('insert or replace into cursors values (?, ?, ?, ?)');

  const recordPage = db.transaction(
    (resource: Resource, events: readonly NewEvent[], open: OpenWalk | null): number => {
      const readAt = clock();
      let added = 0;
      for (const row of events) added += insertEvent.run(toRow(row, readAt)).changes;
      if (open) saveWalk.run(resource, JSON.stringify(open.platforms), open.pageToken, open.newestAt);
      return added;
    },
  );
  const finishWalk = db.transaction(
    (resource: Resource, moved: ReadonlyMap<Platform, Instant>, at: Instant): void => {
      for (const [platform, mark] of moved) saveMark.run(resource, platform, mark, at);
      dropWalk.run(resource);
      if (resource === 'comments') posts.bind();
    },
  );

  return {
    marks: async (resource) => {
      const rows = marks.all(resource) as { platform: Platform; mark_at: number }[];
      return new Map(rows.map((row) => [row.platform, row.mark_at]));
    },
    openWalk: async (resource) => {
      const row = walk.get(resource) as
        { platforms: string; page_token: string; newest_at: number } | undefined;
      if (!row) return null;
      return {
        platforms: JSON.parse(row.platforms) as Platform[],
        pageToken: row.page_token,
        newestAt: row.newest_at,
      };
    },
    journalled: async (resource, ids) => {
      const kind = resource === 'messages' ? 'message' : 'comment';
      const rows = journalled.all(kind, JSON.stringify(ids.map((id) => `${kind}:${id}`)));
      return new Set((rows as { source_id: string }[]).map((row) => row.source_id));
    },
    recordPage: async (resource, events, open) => recordPage(resource, events, open),
    finishWalk: async (resource, moved, at) => finishWalk(resource, moved, at),
  } satisfies Partial<Store>;
}

function acquaintances(db: Database) {
  const find = db.prepare(
    'select id, account_id, participants from conversations where id in (select value from json_each(?))',
  );
  const save = db.prepare('insert or replace into conversations values (?, ?, ?)');
  const ownIds = db.prepare('select platform_id from own_ids where account = ?');
  const saveOwnId = db.prepare('insert or ignore into own_ids values (?, ?)');
  const saveAll = db.transaction((conversations: readonly KnownConversation[]): void => {
    for (const each of conversations) save.run(each.id, each.accountId, JSON.stringify(each.participants));
  });

  return {
    conversations: async (ids) => {
      const rows = find.all(JSON.stringify(ids)) as {
        id: string;
        account_id: string;
        participants: string;
      }[];
      return new Map(
        rows.map((row) => [
          row.id,
          {
            id: row.id,
            accountId: row.account_id,
            participants: JSON.parse(row.participants) as KnownConversation['participants'],
          },
        ]),
      );
    },
    saveConversations: async (conversations) => saveAll(conversations),
    ownIds: async (account) => {
      const rows = ownIds.all(account) as { platform_id: string }[];
      return new Set(rows.map((row) => row.platform_id));
    },
    saveOwnId: async (account, platformId) => {
      saveOwnId.run(account, platformId);
    },
  } satisfies Partial<Store>;
}

const INSERT_EVENT = `
insert into events (id, kind, platform, account, source_id, conversation_id, contact_id, contact_name, contact_username,
  text, at, read_at, direction, before_start, post_id, platform_post_id, platform_comment_id, parent_id)
values (@id, @kind, @platform, @account, @source_id, @conversation_id, @contact_id, @contact_name, @contact_username,
  @text, @at, @read_at, @direction, @before_start, @post_id, @platform_post_id, @platform_comment_id, @parent_id)
on conflict (id) do nothing`;

function toRow({ event, beforeStart }: NewEvent, readAt: Instant): Record<string, string | number | null> {
  return {
    id: event.id,
    kind: event.kind,
    platform: event.platform,
    account: event.account,
    source_id: event.sourceId,
    conversation_id: event.conversationId,
    contact_id: event.contact.id,
    contact_name: event.contact.name,
    contact_username: event.contact.username,
    text: event.text,
    at: event.at,
    read_at: readAt,
    direction: event.direction,
    before_start: beforeStart ? 1 : 0,
    ...commentColumns(event),
  };
}

function commentColumns({ comment }: InboundEvent): Record<string, string | null> {
  return {
    post_id: comment?.postId ?? null,
    platform_post_id: comment?.platformPostId ?? null,
    platform_comment_id: comment?.platformCommentId ?? null,
    parent_id: comment?.parentId ?? null,
  };
}
