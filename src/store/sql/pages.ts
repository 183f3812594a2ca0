import type { InboundEvent } from '../../domain/event.js';
import type { Reason } from '../../domain/reason.js';
import type { Instant } from '../../domain/time.js';
import { counter, decisionOf } from './counts.js';
import { rowInserter, type Target, type Value } from './insert-rows.js';
import type { SqlRunner, Work } from './sql-runner.js';
import type { Resource, OpenWalk, NewEvent, PollStore } from '../ports/polls.js';

/** Pages of lists: their events, and the walk that continues after them. */
export function pages(
  db: SqlRunner,
  clock: () => Instant,
): Pick<PollStore, 'journalled' | 'reasonsOf' | 'recordPage'> {
  const journalled = db.prepare(
    `select source_id as id from events
     where kind = ? and id in (select value from json_each(?)) and (reason is null or reason <> 'unreadable')`,
    ({ id }: { id: string }) => id,
  );
  const reasons = db.prepare<{ id: string; reason: Reason | null; detail: string | null }>(
    'select id, reason, detail from events where id in (select value from json_each(?))',
  );
  const insert = rowInserter(db, EVENTS);
  const count = counter(db);
  const saveWalk = db.prepare(SAVE_WALK);

  const recordPage = db.transaction(function* (
    resource: Resource,
    events: readonly NewEvent[],
    open: OpenWalk | null,
  ): Work<number> {
    const readAt = clock();
    const added = yield* insert(
      events.map((each) => {
        const row = toRow(each, readAt);
        return COLUMNS.map((column) => row[column] ?? null);
      }),
    );
    // The caller leaves out rows that the journal has with the same problem.
    const unreadable = new Map(
      events.flatMap((each) => (each.unreadable === undefined ? [] : [[each.event.id, each.event]])),
    );
    yield* count([...unreadable.values()].map((event) => decisionOf(event, 'unreadable')));
    if (open) yield* saveWalk.run(resource, JSON.stringify(open.platforms), open.resumeToken, open.newestAt);
    return added;
  });
  return {
    journalled: db.reads(function* (resource: Resource, ids: readonly string[]) {
      const kind = resource === 'messages' ? 'message' : 'comment';
      return new Set(yield* journalled.all(kind, JSON.stringify(ids.map((id) => `${kind}:${id}`))));
    }),
    reasonsOf: db.reads(function* (ids: readonly string[]) {
      const rows = yield* reasons.all(JSON.stringify(ids));
      return new Map(rows.map(({ id, ...rest }) => [id, rest]));
    }),
    recordPage,
  };
}

const SAVE_WALK = `
insert into walks values (?, ?, ?, ?)
on conflict (resource) do update set platforms = excluded.platforms, page_token = excluded.page_token,
  newest_at = excluded.newest_at`;

const COLUMNS = [
  ...['id', 'kind', 'platform', 'account', 'source_id', 'conversation_id', 'contact_id', 'contact_name'],
  ...[
    'contact_username',
    'text',
    'at',
    'read_at',
    'direction',
    'before_start',
    'post_id',
    'platform_post_id',
  ],
  ...['platform_comment_id', 'parent_id', 'reason', 'detail', 'decided_at', 'held'],
];

const EVENTS: Target = {
  into: 'events',
  columns: COLUMNS,
  onConflict: `
on conflict (id) do update set platform = excluded.platform, account = excluded.account,
  conversation_id = excluded.conversation_id, contact_id = excluded.contact_id, contact_name = excluded.contact_name,
  contact_username = excluded.contact_username, text = excluded.text, at = excluded.at, read_at = excluded.read_at,
  direction = excluded.direction, post_id = excluded.post_id, platform_post_id = excluded.platform_post_id,
  platform_comment_id = excluded.platform_comment_id, parent_id = excluded.parent_id, reason = excluded.reason,
  detail = excluded.detail, decided_at = excluded.decided_at, held = excluded.held
where events.reason = 'unreadable' and (excluded.reason is null or excluded.detail <> events.detail)`,
};

function toRow({ event, beforeStart, unreadable, held }: NewEvent, readAt: Instant): Record<string, Value> {
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

function commentColumns({ comment }: InboundEvent): Record<string, Value> {
  return {
    post_id: comment?.postId ?? null,
    platform_post_id: comment?.platformPostId ?? null,
    platform_comment_id: comment?.platformCommentId ?? null,
    parent_id: comment?.parentId ?? null,
  };
}
