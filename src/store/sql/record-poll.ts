import type { InboundEvent } from '../../domain/event.js';
import type { Reason } from '../../domain/reason.js';
import type { Instant } from '../../domain/time.js';
import type { Store } from '../store.js';
import type { Database, Work } from './database.js';
import type { Resource, OpenWalk, NewEvent, KnownConversation } from '../ports/polls.js';

type PollerPart = Pick<
  Store,
  | 'journalled'
  | 'reasonsOf'
  | 'recordPage'
  | 'conversations'
  | 'saveConversations'
  | 'ownIds'
  | 'accountsOf'
  | 'saveOwnId'
>;

/** What the poller keeps: events and open walks; whose conversation is whose. */
export function recordPoll(db: Database, clock: () => Instant): PollerPart {
  return { ...pages(db, clock), ...acquaintances(db) };
}

function pages(db: Database, clock: () => Instant) {
  const journalled = db.prepare(
    `select source_id from events
     where kind = ? and id in (select value from json_each(?)) and (reason is null or reason <> 'unreadable')`,
  );
  const reasons = db.prepare(
    'select id, reason, detail from events where id in (select value from json_each(?))',
  );
  const insertEvent = db.prepare(INSERT_EVENT);
  const saveWalk = db.prepare(SAVE_WALK);

  const recordPage = db.transaction(function* (
    resource: Resource,
    events: readonly NewEvent[],
    open: OpenWalk | null,
  ): Work<number> {
    const readAt = clock();
    let added = 0;
    for (const row of events) added += (yield* insertEvent.run(toRow(row, readAt))).changes;
    if (open) yield* saveWalk.run(resource, JSON.stringify(open.platforms), open.pageToken, open.newestAt);
    return added;
  });
  return {
    journalled: db.reads(function* (resource: Resource, ids: readonly string[]) {
      const kind = resource === 'messages' ? 'message' : 'comment';
      const rows = yield* journalled.all(kind, JSON.stringify(ids.map((id) => `${kind}:${id}`)));
      return new Set((rows as { source_id: string }[]).map((row) => row.source_id));
    }),
    reasonsOf: db.reads(function* (ids: readonly string[]) {
      const rows = (yield* reasons.all(JSON.stringify(ids))) as {
        id: string;
        reason: Reason | null;
        detail: string | null;
      }[];
      return new Map(rows.map(({ id, ...rest }) => [id, rest]));
    }),
    recordPage,
  } satisfies Partial<Store>;
}

function acquaintances(db: Database) {
  const find = db.prepare(
    'select id, account_id, participants from conversations where id in (select value from json_each(?))',
  );
  const save = db.prepare(SAVE_CONVERSATION);
  const ownIds = db.prepare('select platform_id from own_ids where account = ?');
  const accountsOf = db.prepare('select account from own_ids where platform_id = ?');
  const saveOwnId = db.prepare('insert into own_ids values (?, ?) on conflict do nothing');

  return {
    conversations: db.reads(function* (ids: readonly string[]) {
      const rows = (yield* find.all(JSON.stringify(ids))) as {
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
    }),
    saveConversations: db.transaction(function* (conversations: readonly KnownConversation[]) {
      for (const { id, accountId, participants } of conversations) {
        yield* save.run(id, accountId, JSON.stringify(participants));
      }
    }),
    ownIds: db.reads(function* (account: string) {
      const rows = (yield* ownIds.all(account)) as { platform_id: string }[];
      return new Set(rows.map((row) => row.platform_id));
    }),
    accountsOf: db.reads(function* (platformId: string) {
      const rows = (yield* accountsOf.all(platformId)) as { account: string }[];
      return rows.map((row) => row.account);
    }),
    saveOwnId: db.transaction(function* (account: string, platformId: string) {
      yield* saveOwnId.run(account, platformId);
    }),
  } satisfies Partial<Store>;
}

const SAVE_WALK = `
insert into walks values (?, ?, ?, ?)
on conflict (resource) do update set platforms = excluded.platforms, page_token = excluded.page_token,
  newest_at = excluded.newest_at`;

const SAVE_CONVERSATION = `
insert into conversations values (?, ?, ?)
on conflict (id) do update set account_id = excluded.account_id, participants = excluded.participants`;

const INSERT_EVENT = `
insert into events (id, kind, platform, account, source_id, conversation_id, contact_id, contact_name, contact_username,
  text, at, read_at, direction, before_start, post_id, platform_post_id, platform_comment_id, parent_id, reason,
  detail, decided_at, held)
values (@id, @kind, @platform, @account, @source_id, @conversation_id, @contact_id, @contact_name, @contact_username,
  @text, @at, @read_at, @direction, @before_start, @post_id, @platform_post_id, @platform_comment_id, @parent_id,
  @reason, @detail, @decided_at, @held)
on conflict (id) do update set platform = excluded.platform, account = excluded.account,
  conversation_id = excluded.conversation_id, contact_id = excluded.contact_id, contact_name = excluded.contact_name,
  contact_username = excluded.contact_username, text = excluded.text, at = excluded.at, read_at = excluded.read_at,
  direction = excluded.direction, post_id = excluded.post_id, platform_post_id = excluded.platform_post_id,
  platform_comment_id = excluded.platform_comment_id, parent_id = excluded.parent_id, reason = excluded.reason,
  detail = excluded.detail, decided_at = excluded.decided_at, held = excluded.held
where events.reason = 'unreadable' and (excluded.reason is null or excluded.detail <> events.detail)`;

function toRow(
  { event, beforeStart, unreadable, held }: NewEvent,
  readAt: Instant,
): Record<string, string | number | null> {
  return {
    reason: unreadable === undefined ? null : 'unreadable',
    detail: unreadable ?? null,
    decided_at: unreadable === undefined ? null : readAt,
    held: held === undefined ? null : JSON.stringify(held),
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
