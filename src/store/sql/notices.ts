import type { Actor } from '../../domain/audit.js';
import type { Notice, NoticeKind } from '../../domain/notice.js';
import type { Instant } from '../../domain/time.js';
import { recorder } from './audit.js';
import { openHandoffs } from './handoffs.js';
import type { SqlRunner } from './sql-runner.js';
import type { Handoff, OwnerStore } from '../ports/owner.js';

type Part = Pick<
  OwnerStore,
  | 'noteTrouble'
  | 'noticesOf'
  | 'untold'
  | 'markTold'
  | 'lastTold'
  | 'handoffs'
  | 'openHandoffs'
  | 'endHandoff'
>;

/** Notices to the owner, until every channel has sent them. */
export function notices(db: SqlRunner): Part {
  const note = db.prepare(
    `insert into notices (kind, key, at, text, mend, noted_at) values (@kind, @key, @at, @text, @fix, @now)
     on conflict do nothing`,
  );
  const untold = db.prepare<Notice & { id: number; kind: NoticeKind }>(
    `select id, kind, key, at, text, mend as fix from notices n
     where n.text <> '' and not exists (select 1 from told t where t.notice = n.id and t.channel = ?) order by id limit ?`,
  );
  const ofKind = db.prepare<Pick<Notice, 'key' | 'at'>>(
    'select key, at from notices where kind = ? order by id',
  );
  const tell = db.prepare('insert into told values (?, ?, ?) on conflict do nothing');
  const last = db.prepare<{ at: number | null }>('select max(at) as at from told where channel = ?');
  const forget = db.prepare('delete from notices where noted_at < ?');
  const handoffs = db.prepare<Handoff>(
    `select id, rule, account, contact_id as "contactId", note, at, event_id as "eventId" from handoffs
     order by id desc limit ?`,
  );
  const endHandoff = db.prepare('update handoffs set done_at = ? where id = ? and done_at is null');
  const record = recorder(db);

  return {
    noteTrouble: db.transaction(function* (found: readonly Notice[], now: Instant, before: Instant) {
      for (const { kind, key, at, text, fix } of found) yield* note.run({ kind, key, at, text, fix, now });
      yield* forget.run(before);
    }),
    noticesOf: db.reads((kind: NoticeKind) => ofKind.all(kind)),
    untold: db.reads((channel: string, limit: number) => untold.all(channel, limit)),
    markTold: db.transaction(function* (ids: readonly number[], channel: string, now: Instant) {
      for (const id of ids) yield* tell.run(id, channel, now);
    }),
    lastTold: db.reads((channel: string) => last.value(channel)),
    handoffs: db.reads((limit: number) => handoffs.all(limit)),
    openHandoffs: openHandoffs(db),
    endHandoff: db.transaction(function* (id: number, now: Instant, actor?: Actor) {
      const isEnded = (yield* endHandoff.run(now, id)).changes > 0;
      if (isEnded) yield* record({ action: 'handoff_done', subject: `handoff ${id}` }, actor, now);
      return isEnded;
    }),
  };
}
