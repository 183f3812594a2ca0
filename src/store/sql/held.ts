import type { Instant } from '../../domain/time.js';
import type { SqlRunner, Work } from './sql-runner.js';
import { type EventRow, toEvent } from './rows.js';
import type { Held, Release, PollStore } from '../ports/polls.js';

/** Statements for held events and their release. */
export function heldEvents(db: SqlRunner): Pick<PollStore, 'held' | 'release'> {
  const held = db.prepare(
    'select * from events where held is not null order by at, id limit ?',
    (row: EventRow & { held: string; read_at: number }) => {
      return { event: toEvent(row), held: JSON.parse(row.held) as Held, since: row.read_at };
    },
  );
  const release = db.prepare(
    `update events set account = @account, contact_id = @contact_id, contact_name = @contact_name,
       contact_username = @contact_username, direction = @direction, held = null
     where id = @id and held is not null and reason is null`,
  );
  const giveUp = db.prepare(
    `update events set reason = 'direction_unknown', detail = @detail, decided_at = @now, held = null
     where id = @id and held is not null and reason is null`,
  );
  const drop = db.prepare('delete from events where id = ? and held is not null and reason is null');
  return {
    held: db.reads((limit: number) => held.all(limit)),
    release: db.transaction(function* (released: readonly Release[], now: Instant): Work<number> {
      let free = 0;
      for (const each of released) {
        if ('drop' in each) yield* drop.run(each.id);
        else if ('giveUp' in each) yield* giveUp.run({ id: each.id, detail: each.giveUp, now });
        else free += (yield* release.run({ id: each.id, ...columnsOf(each.event) })).changes;
      }
      return free;
    }),
  };
}

function columnsOf({ account, contact, direction }: Extract<Release, { event: unknown }>['event']) {
  return {
    account,
    contact_id: contact.id,
    contact_name: contact.name,
    contact_username: contact.username,
    direction,
  };
}
