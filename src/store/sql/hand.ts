import type { HandCommentReply, HandReply, HandTarget } from '../../domain/hand-reply.js';
import { HUMAN_RULE } from '../../domain/rule.js';
import type { Instant } from '../../domain/time.js';
import type { HandStore, Writer } from '../ports/hand.js';
import { draftRows } from './drafts.js';
import { commentTargetOf, isHeldFor, waitingStopper } from './hand-comments.js';
import { handWriter } from './hand-writer.js';
import { type EventRow, toEvent } from './rows.js';
import type { SqlRunner, Work } from './sql-runner.js';
import { WRITER, WRITTEN_AS } from './writer.js';

/** Replies that people write: sends like any other, in the order of their conversation. */
export function handReplies(db: SqlRunner): HandStore {
  const people = db.prepare<{ account: string; contactId: string }>(
    `select account, contact_id as "contactId" from events
     where conversation_id = ? and direction = 'incoming' and account is not null and contact_id <> '' limit 1`,
  );
  const writers = db.prepare<{ id: string; by: Writer }>(
    `select e.id, ${WRITER} as by from events e ${WRITTEN_AS}
     where e.id in (select value from json_each(?)) order by s.id`,
  );
  const target = targetOf(db);
  const commentTarget = commentTargetOf(db);
  const write = handWriter(db);
  const isHeld = isHeldFor(db);
  const stopWaiting = waitingStopper(db);
  const drafts = draftRows(db);
  return {
    conversationPeople: db.reads(function* (id: string) {
      const found = yield* people.get(id);
      return found ? { account: found.account, contactId: found.contactId } : null;
    }),
    writersOf: db.reads(function* (eventIds: readonly string[]) {
      const rows = yield* writers.all(JSON.stringify(eventIds));
      return new Map(rows.map(({ id, by }) => [id, by]));
    }),
    handTarget: db.reads(target),
    commentTarget: db.reads(commentTarget),
    writeByHand: db.transaction(function* (
      { account, contactId, text, version, ...actor }: HandReply,
      now: Instant,
    ) {
      const found = yield* target(account, contactId);
      if (found === null) return 'unknown';
      if (version !== null && version !== found.version) return 'changed';
      yield* drafts.answered(found.event, `${actor.by} replied by hand`, now);
      return yield* write({ event: found.event, type: 'reply', text }, actor, now);
    }),
    writeToComment: db.transaction(function* (
      { eventId, action, text, version, ...actor }: HandCommentReply,
      now: Instant,
    ) {
      const found = yield* commentTarget(eventId);
      if (found === null) return 'unknown';
      if (version !== null && version !== found.version) return 'changed';
      // Before anything is stopped: a reply that is refused has no effect.
      if (action === 'private_reply' && (yield* isHeld(found))) return 'used';
      const detail = `${actor.by} replied by hand`;
      yield* drafts.answered(found.event, detail, now);
      yield* stopWaiting(eventId, detail, now);
      return yield* write({ event: found.event, type: action, text }, actor, now);
    }),
  };
}

function targetOf(db: SqlRunner): (account: string, contactId: string) => Work<HandTarget | null> {
  const newest = db.prepare<EventRow>(
    `select * from events where account = ? and contact_id = ? and direction = 'incoming' and kind = 'message'
       and reason is not null and text <> '' order by at desc, id desc limit 1`,
  );
  const version = db.prepare<{ heard: number | null; written: number | null }>(
    `select (select max(seq + 0) from events where account = @account and contact_id = @contact
         and direction = 'incoming') as heard,
       (select max(id) from sends where account = @account and contact_id = @contact
         and rule = @rule) as written`,
  );
  return function* (account, contactId) {
    const row = yield* newest.get(account, contactId);
    if (row === undefined) return null;
    const { heard, written } = yield* version.one({ account, contact: contactId, rule: HUMAN_RULE });
    return { event: toEvent(row), version: `${heard ?? 0}.${written ?? 0}` };
  };
}
