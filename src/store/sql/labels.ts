import type { Actor } from '../../domain/audit.js';
import type { Instant } from '../../domain/time.js';
import type {
  DecidedEvent,
  DecidedQuery,
  Label,
  LabelStore,
  LatestQuery,
  NewLabel,
} from '../ports/labels.js';
import { recorder } from './audit.js';
import type { SqlRunner } from './sql-runner.js';
import { type EventRow, toEvent } from './rows.js';

type DecidedRow = Omit<EventRow, 'reason'> & Pick<DecidedEvent, 'reason'>;

/** Texts of contacts, and the owner's judgements about them. */
export function labels(db: SqlRunner): LabelStore {
  const toDecided = (row: DecidedRow): DecidedEvent => {
    return { seq: row.seq, event: toEvent({ ...row, trace: null }), reason: row.reason };
  };
  const decided = db.prepare(
    `${DECIDED} and seq > @after and at >= @since order by seq limit @limit`,
    toDecided,
  );
  const latest = db.prepare(`${DECIDED} ${LATEST}`, toDecided);
  const latestOf = db.prepare(`${DECIDED} and reason = @reason ${LATEST}`, toDecided);
  const save = db.prepare(
    `insert into labels (event_id, rule, is_right, labelled_at)
     select id, @rule, @isRight, @now from events where id = @eventId and text <> ''
     on conflict (event_id, rule) do update set is_right = excluded.is_right, labelled_at = excluded.labelled_at`,
  );
  const record = recorder(db);
  const all = db.prepare(
    `select event_id as "eventId", l.rule, is_right as "isRight", text from labels l join events e on e.id = l.event_id
     order by labelled_at, event_id`,
    (row: Omit<Label, 'isRight'> & { isRight: number }): Label => ({ ...row, isRight: row.isRight === 1 }),
  );
  return {
    decidedTexts: db.reads((query: DecidedQuery) => decided.all(query)),
    latestTexts: db.reads((query: LatestQuery) =>
      (query.reason === undefined ? latest : latestOf).all(query),
    ),
    saveLabel: db.transaction(function* ({ eventId, rule, isRight }: NewLabel, now: Instant, actor?: Actor) {
      const isSaved = (yield* save.run({ eventId, rule, isRight: isRight ? 1 : 0, now })).changes > 0;
      if (isSaved) yield* record({ action: 'label', subject: `event ${eventId}` }, actor, now);
      return isSaved;
    }),
    labels: db.reads(() => all.all()),
  };
}

/** Traces are left out: they are most of the journal. */
const DECIDED = `
select seq, id, kind, platform, account, source_id, conversation_id, contact_id, contact_name, contact_username, text, at,
  direction, post_id, platform_post_id, platform_comment_id, parent_id, reason
from events
where direction = 'incoming' and text <> '' and reason is not null and reason not in ('too_old', 'unreadable')`;

/**
 * In the order in which events were read, which an index gives, down to where those of `since` begin. Events of one list
 * are not read in the order of their time, so that place is looked for among a thousand.
 */
const LATEST = `
and at + 0 >= @since
and seq >= (select min(seq) from (select seq from events where at >= @since order by at limit 1000) f)
order by seq desc limit @limit`;
