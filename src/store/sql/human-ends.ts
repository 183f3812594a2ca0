import type { Actor } from '../../domain/audit.js';
import type { Instant } from '../../domain/time.js';
import type { OwnerStore } from '../ports/owner.js';
import type { SqlRunner, Work } from './sql-runner.js';
import { recorder } from './audit.js';
import { lastHumanOf } from './last-human.js';
import { type EventRow, toEvent } from './rows.js';
import { threads } from './threads.js';

/** Pauses after a human wrote, ended by the owner: earlier messages of humans no longer count. */
export function humanEnds(db: SqlRunner): Pick<OwnerStore, 'endHumanPause' | 'humanWroteAt'> {
  const accounts = db.prepare<{ account: string }>(
    'select distinct account from events where contact_id = ? and account is not null',
  );
  const lastHuman = lastHumanOf(db);
  const lastComment = db.prepare<EventRow>(LAST_COMMENT);
  const threadOf = threads(db);
  const ended = humanEndOf(db);
  const record = recorder(db);
  const save = db.prepare(
    `insert into human_ends (account, contact_id, at) values (@account, @contact, @at)
     on conflict (account, contact_id) do update set at = excluded.at`,
  );
  function* wroteAt(account: string, contact: string) {
    const comment = yield* lastComment.get({ account, contact });
    const thread = comment === undefined ? null : yield* threadOf(toEvent(comment));
    const last = yield* lastHuman({ account, contact, thread, event: comment?.id ?? '' });
    const end = (yield* ended(account, contact)) ?? -Infinity;
    const counted = (at: Instant | null): Instant | null => (at !== null && at > end ? at : null);
    return { human: counted(last.human), automation: counted(last.automation) };
  }

  return {
    humanWroteAt: db.reads(function* (account: string, contact: string) {
      return (yield* wroteAt(account, contact)).human;
    }),
    endHumanPause: db.transaction(function* (
      contact: string,
      since: Instant,
      now: Instant,
      actor?: Actor,
    ): Work<string[]> {
      const found: string[] = [];
      for (const { account } of yield* accounts.all(contact)) {
        const { human, automation } = yield* wroteAt(account, contact);
        const wrote = Math.max(human ?? -Infinity, automation ?? -Infinity);
        if (wrote <= since) continue;
        // The API dates rows by its own clock.
        yield* save.run({ account, contact, at: Math.max(now, wrote) });
        found.push(account);
      }
      if (found.length > 0) yield* record({ action: 'resume', subject: `contact:${contact}` }, actor, now);
      return found;
    }),
  };
}

/** A pause after a human wrote may be about the thread, or about its post. */
const LAST_COMMENT = `
select * from events where account = @account and contact_id = @contact and direction = 'incoming' and kind = 'comment'
order by at desc limit 1`;

/** Reads the time at which the owner ended the pause of a contact; null if never. */
export function humanEndOf(db: SqlRunner): (account: string, contact: string) => Work<Instant | null> {
  const find = db.prepare<{ at: number }>('select at from human_ends where account = ? and contact_id = ?');
  return function* (account, contact) {
    return (yield* find.get(account, contact))?.at ?? null;
  };
}
