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
      events.map((each) => Object.values(COLUMNS).map((valueOf) => valueOf(each, readAt))),
    );
    // The caller leaves out rows that the journal has with the same problem.
    const unreadable = new Map(
      events.flatMap((each) => (each.unreadable === undefined ? [] : [[each.event.id, each.event]])),
    );
    yield* count([...unreadable.values()].map((event) => decisionOf(event, 'unreadable')));
    if (open) yield* saveWalk.run(resource, JSON.stringify(open.platforms), open.resumeToken, open.newestAt);
    return added;
  }, 'shared');
  return {
    journalled: db.reads(function* (resource: Resource, ids: readonly string[]) {
      const kind = resource === 'messages' ? 'message' : 'comment';
      return new Set(yield* journalled.all(kind, JSON.stringify(ids.map((id) => `${kind}:${id}`))));
    }, true),
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

/** The columns of a new row, each with its value. */
const COLUMNS: Readonly<Record<string, (row: NewEvent, readAt: Instant) => Value>> = {
  id: ({ event }) => event.id,
  kind: ({ event }) => event.kind,
  platform: ({ event }) => event.platform,
  account: ({ event }) => event.account,
  source_id: ({ event }) => event.sourceId,
  conversation_id: ({ event }) => event.conversationId,
  contact_id: ({ event }) => event.contact.id,
  contact_name: ({ event }) => event.contact.name,
  contact_username: ({ event }) => event.contact.username,
  text: ({ event }) => event.text,
  at: ({ event }) => event.at,
  read_at: (_, readAt) => readAt,
  direction: ({ event }) => event.direction,
  before_start: ({ beforeStart }) => (beforeStart ? 1 : 0),
  post_id: ({ event }) => event.comment?.postId ?? null,
  platform_post_id: ({ event }) => event.comment?.platformPostId ?? null,
  platform_comment_id: ({ event }) => event.comment?.platformCommentId ?? null,
  parent_id: ({ event }) => event.comment?.parentId ?? null,
  reason: ({ unreadable }) => (unreadable === undefined ? null : 'unreadable'),
  detail: ({ unreadable }) => unreadable ?? null,
  decided_at: ({ unreadable }, readAt) => (unreadable === undefined ? null : readAt),
  held: ({ held }) => (held === undefined ? null : JSON.stringify(held)),
};

/** Columns that a row read again keeps. */
const KEPT = ['id', 'kind', 'source_id', 'before_start'];

const EVENTS: Target = {
  into: 'events',
  columns: Object.keys(COLUMNS),
  onConflict: `
on conflict (id) do update set ${Object.keys(COLUMNS)
    .filter((column) => !KEPT.includes(column))
    .map((column) => `${column} = excluded.${column}`)
    .join(', ')}
where events.reason = 'unreadable' and (excluded.reason is null or excluded.detail <> events.detail)`,
};
