import type { Notice, NoticeKind } from '../../domain/notice.js';
import type { Instant } from '../../domain/time.js';
import type { Store } from '../store.js';
import type { Database } from './open.js';

type Part = Pick<Store, 'noteTrouble' | 'untold' | 'markTold' | 'lastTold' | 'handoffs'>;

/** What an owner has to be told, until each channel has told it. */
export function notices(db: Database): Part {
  const note = db.prepare(
    'insert or ignore into notices (kind, key, at, text, mend, noted_at) values (@kind, @key, @at, @text, @mend, @now)',
  );
  const untold = db.prepare(
    `select id, kind, key, at, text, mend from notices n
     where n.text <> '' and not exists (select 1 from told t where t.notice = n.id and t.channel = ?) order by id limit ?`,
  );
  const tell = db.prepare('insert or ignore into told values (?, ?, ?)');
  const last = db.prepare('select max(at) as at from told where channel = ?');
  const forget = db.prepare('delete from notices where noted_at < ?');
  const handoffs = db.prepare(
    `select id, rule, account, contact_id as contactId, note, at, event_id as eventId from handoffs
     order by id desc limit ?`,
  );
  const noteAll = db.transaction((found: readonly Notice[], now: Instant): void => {
    for (const notice of found) note.run({ ...notice, now });
  });
  const tellAll = db.transaction((ids: readonly number[], channel: string, now: Instant): void => {
    for (const id of ids) tell.run(id, channel, now);
  });
  return {
    noteTrouble: async (found, now, before) => {
      noteAll(found, now);
      forget.run(before);
    },
    untold: async (channel, limit) =>
      untold.all(channel, limit) as (Notice & { id: number; kind: NoticeKind })[],
    markTold: async (ids, channel, now) => tellAll(ids, channel, now),
    lastTold: async (channel) => (last.get(channel) as { at: number | null }).at,
    handoffs: async (limit) => handoffs.all(limit) as Awaited<ReturnType<Store['handoffs']>>,
  };
}
