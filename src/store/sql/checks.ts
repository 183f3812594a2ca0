import { isSameText } from '../../domain/same-text.js';
import { CHECKED_STATES, type Send, type SendRoute } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';
import type { SqlRunner } from './sql-runner.js';
import { toSend } from './rows.js';
import { inStates } from './states.js';
import type { OwnRow, OutboxStore, Standing } from '../ports/outbox.js';
import type { PollStore } from '../ports/polls.js';

type CheckPart = Pick<
  OutboxStore,
  'dueForCheck' | 'postponeCheck' | 'ownRowsSince' | 'latestUnidentifiedSend' | 'standings'
> &
  Pick<PollStore, 'isOwnSend'>;

/** Due checks, and data for read-back about rows that may be one of our sends. */
export function checks(db: SqlRunner): CheckPart {
  const due = db.prepare(
    `select * from sends where state in ${inStates(CHECKED_STATES)} and check_at <= ? order by check_at limit ?`,
    toSend,
  );
  const postpone = db.prepare(
    `update sends set check_at = ?, looks = looks + ? where id = ? and state in ${inStates(CHECKED_STATES)}`,
  );
  const ownMessages = db.prepare<OwnRow>(OWN_MESSAGES);
  const ownAnswers = db.prepare<OwnRow>(OWN_ANSWERS);
  const latestUnidentified = db.prepare<{ at: number; text: string }>(LATEST_UNIDENTIFIED);

  return {
    dueForCheck: db.reads((now: Instant, limit: number) => due.all(now, limit)),
    postponeCheck: db.transaction(function* (send: Send, checkAt: Instant, look: 'counted' | 'uncounted') {
      yield* postpone.run(checkAt, look === 'counted' ? 1 : 0, send.id);
    }),
    ownRowsSince: db.reads(({ route, account, contactId, threadId, eventId }: Send, since: Instant) =>
      route === 'POST /v2/comments'
        ? ownAnswers.all(threadId, account, since, eventId)
        : ownMessages.all(account, contactId, since, eventId),
    ),
    latestUnidentifiedSend: db.reads(function* ({ text, ...send }: Send) {
      const { id, route, account, contactId, threadId, attemptedAt } = send;
      const place = { id, route, account, contactId, threadId, attemptedAt };
      const earlier = yield* latestUnidentified.all(place);
      // Retention empties texts, so an empty one may have been any.
      return earlier.find((each) => each.text === '' || isSameText(each.text, text))?.at ?? null;
    }),
    ...explanations(db),
  };
}

function explanations(db: SqlRunner): Pick<PollStore, 'isOwnSend'> & Pick<OutboxStore, 'standings'> {
  const tied = db.prepare(
    `select message_id as id from sends where route = @route and message_id in (select value from json_each(@ids))
     union select a.message_id from attempts a join sends s on s.id = a.send_id
     where s.route = @route and a.message_id in (select value from json_each(@ids))`,
    ({ id }: { id: string }) => id,
  );
  const journalled = db.prepare<JournalledRow>(
    'select source_id as id, seq, read_at from events where id in (select value from json_each(?))',
  );
  const sequenceOf = db.prepare<{ seq: number }>('select seq from events where id = ?');
  const tiedIds = (route: SendRoute, messageIds: readonly string[]) =>
    tied.all({ route, ids: JSON.stringify(messageIds) });

  return {
    isOwnSend: db.reads(function* (route: SendRoute, messageIds: readonly string[]) {
      return new Set(yield* tiedIds(route, messageIds));
    }, true),
    standings: db.reads(function* (send: Send, messageIds: readonly string[], firstAttemptAt: Instant) {
      const kind = send.route === 'POST /v2/comments' ? 'comment' : 'message';
      const eventIds = messageIds.map((id) => `${kind}:${id}`);
      const answered = yield* sequenceOf.get(send.eventId);
      const rows = yield* journalled.all(JSON.stringify(eventIds));
      const standings = new Map<string, Standing>(
        rows.map((row) => [row.id, standingOf(row, answered?.seq ?? null, firstAttemptAt)]),
      );
      for (const id of yield* tiedIds(send.route, messageIds)) standings.set(id, 'tied');
      return standings;
    }),
  };
}

interface JournalledRow {
  readonly id: string;
  readonly seq: number;
  readonly read_at: number;
}

/** `answered` is the sequence number of the event that the send replies to; null if not in the journal. */
function standingOf({ seq, read_at: readAt }: JournalledRow, answered: number | null, at: Instant): Standing {
  if (answered !== null && seq < answered) return 'older';
  if (readAt >= at) return 'after';
  return answered === null ? 'older' : 'before';
}

const OWN_MESSAGES = `
select source_id as id, text, at from events
where account = ? and contact_id = ? and direction = 'outgoing' and kind = 'message'
  and (read_at >= ? or seq > (select seq from events where id = ?))`;

const OWN_ANSWERS = `
select source_id as id, text, at from events
where parent_id = ? and +account = ? and direction = 'outgoing' and kind = 'comment'
  and (read_at >= ? or seq > (select seq from events where id = ?))`;

const LATEST_UNIDENTIFIED = `
select ended_at as at, text from sends
where id in (select id from sends where account = @account and contact_id = @contactId
    union all select id from sends where account = @account and thread_id = @threadId and action = 'comment_reply')
  and route = @route and id < @id and attempts > 0 and message_id is null and ended_at <= @attemptedAt
order by ended_at desc`;
