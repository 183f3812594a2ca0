import { CHECKED_STATES, type Send, type SendRoute } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';
import type { Database, Work } from './database.js';
import { type SendRow, toSend } from './rows.js';
import { inStates } from './states.js';
import type { OwnRow, OutboxStore } from '../ports/outbox.js';
import type { PollStore } from '../ports/polls.js';

type LookPart = Pick<
  OutboxStore,
  'dueForLook' | 'postponeLook' | 'ownRowsSince' | 'looseEndBefore' | 'explained'
> &
  Pick<PollStore, 'isOwnSend'>;

/** Whose time to look has come, and what read-back has to know of rows that may be a send of ours. */
export function looks(db: Database): LookPart {
  const due = db.prepare(
    `select * from sends where state in ${inStates(CHECKED_STATES)} and check_at <= ? order by check_at limit ?`,
  );
  const postpone = db.prepare(
    `update sends set check_at = ?, looks = looks + ? where id = ? and state in ${inStates(CHECKED_STATES)}`,
  );
  const ownMessages = db.prepare(OWN_MESSAGES);
  const ownAnswers = db.prepare(OWN_ANSWERS);
  const looseEnd = db.prepare(LOOSE_END);

  return {
    dueForLook: db.reads(function* (now: Instant, limit: number) {
      return ((yield* due.all(now, limit)) as SendRow[]).map(toSend);
    }),
    postponeLook: db.transaction(function* (send: Send, checkAt: Instant, look: 'counted' | 'uncounted') {
      yield* postpone.run(checkAt, look === 'counted' ? 1 : 0, send.id);
    }),
    ownRowsSince: db.reads(function* ({ route, account, contactId, commentId }: Send, since: Instant) {
      const rows =
        route === 'POST /v2/comments'
          ? yield* ownAnswers.all(commentId, account, since)
          : yield* ownMessages.all(account, contactId, since);
      return rows as OwnRow[];
    }),
    looseEndBefore: db.reads(function* ({ id, route, account, contactId, attemptedAt }: Send) {
      const found = yield* looseEnd.get({ id, route, account, contactId, attemptedAt });
      return (found as { at: number | null }).at;
    }),
    ...explanations(db),
  };
}

function explanations(db: Database): Pick<PollStore, 'isOwnSend'> & Pick<OutboxStore, 'explained'> {
  const tied = db.prepare(
    `select message_id as id from sends where route = @route and message_id in (select value from json_each(@ids))
     union select a.message_id from attempts a join sends s on s.id = a.send_id
     where s.route = @route and a.message_id in (select value from json_each(@ids))`,
  );
  const seenBefore = db.prepare(
    'select source_id as id from events where id in (select value from json_each(?)) and read_at < ?',
  );
  const ids = (rows: unknown[]) => (rows as { id: string }[]).map((row) => row.id);
  const tiedIds = function* (route: SendRoute, messageIds: readonly string[]): Work<string[]> {
    return ids(yield* tied.all({ route, ids: JSON.stringify(messageIds) }));
  };

  return {
    isOwnSend: db.reads(function* (route: SendRoute, messageIds: readonly string[]) {
      return new Set(yield* tiedIds(route, messageIds));
    }),
    explained: db.reads(function* (route: SendRoute, messageIds: readonly string[], before: Instant) {
      const kind = route === 'POST /v2/comments' ? 'comment' : 'message';
      const eventIds = messageIds.map((id) => `${kind}:${id}`);
      return new Set([
        ...(yield* tiedIds(route, messageIds)),
        ...ids(yield* seenBefore.all(JSON.stringify(eventIds), before)),
      ]);
    }),
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
