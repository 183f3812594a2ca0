import type { KnownConversation, PollStore } from '../ports/polls.js';
import { rowInserter, type Target } from './insert-rows.js';
import type { SqlRunner } from './sql-runner.js';

/** Accounts and participants of conversations, and the platform ids that accounts write under. */
export function conversations(
  db: SqlRunner,
): Pick<PollStore, 'conversations' | 'saveConversations' | 'ownIds' | 'saveOwnId'> {
  const find = db.prepare(
    'select id, account_id, participants from conversations where id in (select value from json_each(?))',
  );
  const save = rowInserter(db, CONVERSATIONS);
  const ownIds = db.prepare('select platform_id from own_ids where account = ?');
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
      yield* save(
        conversations.map(({ id, accountId, participants }) => [id, accountId, JSON.stringify(participants)]),
      );
    }),
    ownIds: db.reads(function* (account: string) {
      const rows = (yield* ownIds.all(account)) as { platform_id: string }[];
      return new Set(rows.map((row) => row.platform_id));
    }),
    saveOwnId: db.transaction(function* (account: string, platformId: string) {
      yield* saveOwnId.run(account, platformId);
    }),
  };
}

const CONVERSATIONS: Target = {
  into: 'conversations',
  columns: ['id', 'account_id', 'participants'],
  onConflict:
    'on conflict (id) do update set account_id = excluded.account_id, participants = excluded.participants',
};
