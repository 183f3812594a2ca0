import type { HandReply, HandTarget } from '../../domain/hand-reply.js';
import { HUMAN_RULE } from '../../domain/rule.js';
import type { Instant } from '../../domain/time.js';
import type { HandStore, Writer } from '../ports/hand.js';
import { recorder } from './audit.js';
import { sendInserter } from './decide.js';
import { draftRows } from './drafts.js';
import { reasons } from './reasons.js';
import { type EventRow, type SendRow, toEvent, toSend } from './rows.js';
import type { SqlRunner, Work } from './sql-runner.js';
import { SEND } from './states.js';
import { WRITER, WRITTEN_AS } from './writer.js';

/** Replies that people write: sends like any other, in the order of their conversation. */
export function handReplies(db: SqlRunner): HandStore {
  const people = db.prepare(
    `select account, contact_id as "contactId" from events
     where conversation_id = ? and direction = 'incoming' and account is not null and contact_id <> '' limit 1`,
  );
  const lastPart = db.prepare(
    "select coalesce(max(part), 0) as n from sends where event_id = ? and rule = ? and action = 'reply'",
  );
  const note = db.prepare(
    `update sends set approved_at = @now, approved_by = @by
     where event_id = @event and rule = @rule and part = @part and state = ${SEND.pending} returning *`,
  );
  const writers = db.prepare(
    `select e.id, ${WRITER} as by from events e ${WRITTEN_AS}
     where e.id in (select value from json_each(?)) order by s.id`,
  );
  const target = targetOf(db);
  const insertSend = sendInserter(db);
  const drafts = draftRows(db);
  const { settle } = reasons(db);
  const record = recorder(db);
  return {
    conversationPeople: db.reads(function* (id: string) {
      const found = (yield* people.get(id)) as { account: string; contactId: string } | undefined;
      return found ? { account: found.account, contactId: found.contactId } : null;
    }),
    writersOf: db.reads(function* (eventIds: readonly string[]) {
      const rows = (yield* writers.all(JSON.stringify(eventIds))) as { id: string; by: Writer }[];
      return new Map(rows.map(({ id, by }) => [id, by]));
    }),
    handTarget: db.reads(target),
    writeByHand: db.transaction(function* (
      { account, contactId, text, version, ...actor }: HandReply,
      now: Instant,
    ) {
      const found = yield* target(account, contactId);
      if (found === null) return 'unknown';
      if (version !== null && version !== found.version) return 'changed';
      const { event } = found;
      const { n } = (yield* lastPart.get(event.id, HUMAN_RULE)) as { n: number };
      const part = n + 1;
      const action = { type: 'reply', rule: HUMAN_RULE, text, delay: 0, disclosed: false, part } as const;
      yield* insertSend(event, action, now);
      const row = (yield* note.get({
        now,
        by: actor.by,
        event: event.id,
        rule: HUMAN_RULE,
        part,
      })) as SendRow;
      const send = toSend(row);
      yield* record({ action: 'reply', subject: `send ${send.id}` }, actor, now);
      yield* drafts.answered(event, `${actor.by} replied by hand`, now);
      yield* settle(send, 'pending', null, now);
      return send;
    }),
  };
}

function targetOf(db: SqlRunner): (account: string, contactId: string) => Work<HandTarget | null> {
  const newest = db.prepare(
    `select * from events where account = ? and contact_id = ? and direction = 'incoming' and kind = 'message'
       and reason is not null and text <> '' order by at desc, id desc limit 1`,
  );
  const version = db.prepare(
    `select (select max(seq) from events where account = @account and contact_id = @contact
         and direction = 'incoming') as heard,
       (select max(id) from sends where account = @account and contact_id = @contact
         and rule = @rule) as written`,
  );
  return function* (account, contactId) {
    const row = (yield* newest.get(account, contactId)) as EventRow | undefined;
    if (row === undefined) return null;
    const { heard, written } = (yield* version.get({ account, contact: contactId, rule: HUMAN_RULE })) as {
      heard: number | null;
      written: number | null;
    };
    return { event: toEvent(row), version: `${heard ?? 0}.${written ?? 0}` };
  };
}
