import type { KnownConversation, PollStore } from '../ports/polls.js';
import { rowInserter, type Target } from './insert-rows.js';
import type { SqlRunner } from './sql-runner.js';

/** Accounts and participants of conversations, and the platform ids that accounts write under. */
export function conversations(
  db: SqlRunner,
): Pick<PollStore, 'conversations' | 'saveConversations' | 'ownIds' | 'saveOwnId'> {
  const find = db.prepare(
    `select id, account_id as "accountId", participants from conversations
     where id in (select value from json_each(?))`,
    toConversation,
  );
  const save = rowInserter(db, CONVERSATIONS);
  const ownIds = db.prepare(
    'select platform_id as id from own_ids where account = ?',
    ({ id }: { id: string }) => id,
  );
  const saveOwnId = db.prepare('insert into own_ids values (?, ?) on conflict do nothing');

  return {
    conversations: db.reads(function* (ids: readonly string[]) {
      const found = yield* find.all(JSON.stringify(ids));
      return new Map(found.map((each) => [each.id, each]));
    }, true),
    saveConversations: db.transaction(function* (conversations: readonly KnownConversation[]) {
      yield* save(
        conversations.map(({ id, accountId, participants }) => [id, accountId, JSON.stringify(participants)]),
      );
    }, 'aside'),
    ownIds: db.reads(function* (account: string) {
      return new Set(yield* ownIds.all(account));
    }, true),
    saveOwnId: db.transaction(function* (account: string, platformId: string) {
      yield* saveOwnId.run(account, platformId);
    }, 'aside'),
  };
}

function toConversation(row: Omit<KnownConversation, 'participants'> & { participants: string }) {
  return { ...row, participants: JSON.parse(row.participants) as KnownConversation['participants'] };
}

const CONVERSATIONS: Target = {
  into: 'conversations',
  columns: ['id', 'account_id', 'participants'],
  onConflict:
    'on conflict (id) do update set account_id = excluded.account_id, participants = excluded.participants',
};
