import type { InboundEvent } from '../../domain/event.js';
import type { Instant } from '../../domain/time.js';
import type { JournalStore } from '../ports/journal.js';
import type { SqlRunner } from './sql-runner.js';
import { toEvent } from './rows.js';

/** Statements for messages that wait until their contact pauses: undecided rows with a due time. */
export function settling(db: SqlRunner): Pick<JournalStore, 'undecidedWith' | 'settle'> {
  const undecided = db.prepare(
    `select * from events
     where account = ? and contact_id = ? and direction = 'incoming' and conversation_id = ? and kind = 'message'
       and reason is null and held is null and before_start = 0
     order by at, id limit ?`,
    toEvent,
  );
  const settle = db.prepare(
    `update events set settle_at = ? where id in (select value from json_each(?)) and reason is null`,
  );
  return {
    undecidedWith: db.reads(({ account, contact, conversationId }: InboundEvent, limit: number) =>
      undecided.all(account, contact.id, conversationId, limit),
    ),
    settle: db.transaction(function* (ids: readonly string[], until: Instant) {
      yield* settle.run(until, JSON.stringify(ids));
    }),
  };
}
