import type { Send, SendRoute } from '../../domain/send.js';
import type { OwnRow, Store } from '../store.js';
import type { Database } from './open.js';
import { type SendRow, toSend } from './rows.js';

type LookPart = Pick<
  Store,
  'dueForLook' | 'postponeLook' | 'isOwnSend' | 'ownRowsSince' | 'looseEndBefore' | 'explained'
>;

/** Whose time to look has come, and what read-back has to know of rows that may be a send of ours. */
export function looks(db: Database): LookPart {
  const due = db.prepare(
    "select * from sends where state in ('ambiguous', 'accepted') and check_at <= ? order by check_at limit ?",
  );
  const postpone = db.prepare(
    "update sends set check_at = ?, looks = looks + ? where id = ? and state in ('ambiguous', 'accepted')",
  );
  const ownMessages = db.prepare(OWN_MESSAGES);
  const ownAnswers = db.prepare(OWN_ANSWERS);
  const looseEnd = db.prepare(LOOSE_END);

  return {
    dueForLook: async (now, limit) => (due.all(now, limit) as SendRow[]).map(toSend),
    postponeLook: async (send, checkAt, look) => {
      postpone.run(checkAt, look === 'counted' ? 1 : 0, send.id);
    },
    ownRowsSince: async ({ route, account, contactId, commentId }, since) => {
      const rows =
        route === 'POST /v2/comments'
          ? ownAnswers.all(commentId, account, since)
          : ownMessages.all(account, contactId, since);
      return rows as OwnRow[];
    },
    looseEndBefore: async ({ id, route, account, contactId, attemptedAt }: Send) =>
      (looseEnd.get({ id, route, account, contactId, attemptedAt }) as { at: number | null }).at,
    ...explanations(db),
  };
}

function explanations(db: Database): Pick<Store, 'isOwnSend' | 'explained'> {
  const tied = db.prepare(
    'select message_id as id from sends where route = ? and message_id in (select value from json_each(?))',
  );
  const seenBefore = db.prepare(
    'select source_id as id from events where id in (select value from json_each(?)) and read_at < ?',
  );
  const ids = (rows: unknown[]) => (rows as { id: string }[]).map((row) => row.id);
  const tiedIds = (route: SendRoute, messageIds: readonly string[]) =>
    ids(tied.all(route, JSON.stringify(messageIds)));

  return {
    isOwnSend: async (route, messageIds) => new Set(tiedIds(route, messageIds)),
    explained: async (route, messageIds, before) => {
      const kind = route === 'POST /v2/comments' ? 'comment' : 'message';
      const eventIds = messageIds.map((id) => `${kind}:${id}`);
      return new Set([
        ...tiedIds(route, messageIds),
        ...ids(seenBefore.all(JSON.stringify(eventIds), before)),
      ]);
    },
  };
}

const OWN_MESSAGES = `
select source_id as id, text, at from events
where account = ? and contact_id = ? and direction = 'outgoing' and kind = 'message' and read_at >= ?`;

const OWN_ANSWERS = `
select source_id as id, text, at from events
where parent_id = ? and +account = ? and direction = 'outgoing' and kind = 'comment' and read_at >= ?`;

const LOOSE_END = `
select max(ended_at) as at from sends
where account = @account and contact_id = @contactId and route = @route and id < @id and attempts > 0
  and message_id is null and ended_at <= @attemptedAt`;
