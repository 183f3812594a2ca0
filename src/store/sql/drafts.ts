import { groupBy } from '../../domain/group.js';
import type { Decision } from '../../domain/decision.js';
import type { Draft, DraftChange, DraftFigure, DraftOutcome } from '../../domain/draft.js';
import type { InboundEvent } from '../../domain/event.js';
import type { Reason, StatedReason } from '../../domain/reason.js';
import { SEND_STEPS, type SendState } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';
import { statesFrom } from '../../domain/transitions.js';
import type { DraftStore } from '../ports/drafts.js';
import { recorder } from './audit.js';
import { reasons } from './reasons.js';
import { type EventRow, type SendRow, toEvent, toSend } from './rows.js';
import type { SqlRunner, Work } from './sql-runner.js';
import { inStates, SEND } from './states.js';

interface DraftRow extends SendRow {
  readonly original: string | null;
  readonly edits: number;
  readonly drafted_at: number;
  readonly last_inbound: number | null;
}

/** Upper bound of the sends of one draft: a funnel has few steps, each of at most three sends. */
const MOST_TEXTS = 100;

/** Replies that wait for a person. */
export function drafts(db: SqlRunner): DraftStore {
  return { ...draftList(db), ...draftChanges(db) };
}

function draftList(db: SqlRunner): Pick<DraftStore, 'drafts' | 'draftCount' | 'draftFigures'> {
  const list = db.prepare<DraftRow>(LIST);
  const group = groupOf(db);
  const events = db.prepare<EventRow>('select * from events where id in (select value from json_each(?))');
  // Of columns alone, SQLite reads all sends in the order of their index. The name of a rule has no space.
  const count = db.prepare<{ n: number }>(
    `select count(distinct event_id || ' ' || coalesce(rule, '')) as n from sends where state = ${SEND.awaiting_approval}`,
  );
  const figures = db.prepare<DraftFigure>(FIGURES);
  return {
    drafts: db.reads(function* ({ limit, id, dueBy }: Parameters<DraftStore['drafts']>[0]) {
      const rows =
        id === undefined
          ? yield* list.all({ limit: limit * MOST_TEXTS, dueBy: dueBy ?? null })
          : yield* group(id);
      const ids = JSON.stringify([...new Set(rows.map((row) => row.event_id))]);
      const found = rows.length === 0 ? [] : yield* events.all(ids);
      return toDrafts(rows, new Map(found.map((row) => [row.id, toEvent(row)]))).slice(0, limit);
    }),
    draftCount: db.reads(() => count.value()),
    draftFigures: db.reads((since: Instant) => figures.all(since)),
  };
}

function draftChanges(db: SqlRunner): Omit<DraftStore, 'drafts' | 'draftCount' | 'draftFigures'> {
  const group = groupOf(db);
  const edit = db.prepare(
    `update sends set edits = edits + 1, text = @text,
       original = case when coalesce(original, text) = @text then null else coalesce(original, text) end
     where id = @send and text <> @text and state = ${SEND.awaiting_approval}`,
  );
  const approve = db.prepare(
    `update sends set state = ${SEND.pending}, reason = null, detail = null, check_at = null, approved_at = @now,
       approved_by = @by
     where id = @id and state in ${inStates(statesFrom(SEND_STEPS.approve))}`,
  );
  const postpone = db.prepare(
    `update sends set check_at = ? where id = ? and state = ${SEND.awaiting_approval}`,
  );
  const end = ender(db);
  const event = reasons(db);
  const recordChange = changeRecorder(db);
  return {
    changeDraft: db.transaction(function* (change: DraftChange, now: Instant): Work<DraftOutcome> {
      const rows = yield* group(change.id);
      if (rows.length === 0) return 'gone';
      const version = rows.reduce((sum, { edits }) => sum + edits, 0);
      if (change.version !== null && change.version !== version) return 'changed';
      let edited = 0;
      for (const { send, text } of change.edits) {
        if (rows.some(({ id }) => id === send)) edited += (yield* edit.run({ send, text })).changes;
      }
      yield* recordChange(`send ${rows[0]?.id ?? change.id}`, { ...change, isEdited: edited > 0 }, now);
      if (change.do === 'drop') {
        yield* end(rows, { state: 'discarded', reason: 'dropped', detail: `dropped by ${change.by}` }, now);
      }
      if (change.do === 'approve') {
        for (const { id } of rows) yield* approve.run({ id, now, by: change.by });
        for (const row of rows) yield* event.settle(toSend(row), 'pending', null, now);
      }
      return 'done';
    }),
    endDraft: db.transaction(function* ({ id }: Pick<Draft, 'id'>, why: StatedReason, now: Instant) {
      const rows = yield* group(id);
      yield* end(rows, { state: 'stopped', ...why }, now);
      return rows.length > 0;
    }),
    postponeDraft: db.transaction(function* ({ id }: Pick<Draft, 'id'>, checkAt: Instant) {
      for (const row of yield* group(id)) yield* postpone.run(checkAt, row.id);
    }),
  };
}

type MadeChange = DraftChange & { readonly isEdited: boolean };

function changeRecorder(db: SqlRunner): (subject: string, change: MadeChange, now: Instant) => Work<void> {
  const record = recorder(db);
  return function* (subject, change, now) {
    if (change.isEdited) yield* record({ action: 'draft_edit', subject }, change, now);
    if (change.do !== 'edit') yield* record({ action: `draft_${change.do}`, subject }, change, now);
  };
}

interface DraftRows {
  /** Ends the waiting drafts for the contact and the event: a human replied. */
  answered(event: InboundEvent, detail: string, now: Instant): Work<void>;
  /**
   * Consequences of a decision for the waiting drafts of the contact: a reply to a newer message ends drafts for
   * older ones, and a message of the account makes their check due.
   */
  overtake(event: InboundEvent, decision: Pick<Decision, 'reason' | 'actions'>, now: Instant): Work<void>;
}

const REPLIES: ReadonlySet<Reason> = new Set(['queued', 'awaiting_approval']);

export function draftRows(db: SqlRunner): DraftRows {
  const older = db.prepare<SendRow>(
    `select * from sends where state = ${SEND.awaiting_approval} and account = ? and contact_id = ?
       and comment_id is null and event_id <> ? and event_at <= ?`,
  );
  const due = db.prepare(
    `update sends set check_at = ? where state = ${SEND.awaiting_approval} and account = ? and contact_id = ?`,
  );
  const all = db.prepare<SendRow>(
    `select * from sends where state = ${SEND.awaiting_approval} and id in (
       select id from sends where account = ? and contact_id = ? and contact_id <> ''
       union all select id from sends where event_id = ?)`,
  );
  const end = ender(db);
  return {
    *answered({ id, account, contact }, detail, now) {
      const rows = yield* all.all(account, contact.id, id);
      yield* end(rows, { state: 'stopped', reason: 'human_active', detail }, now);
    },
    *overtake({ id, kind, account, contact, at, direction }, { reason, actions }, now) {
      if (direction === 'outgoing') yield* due.run(now, account, contact.id);
      if (kind !== 'message' || actions.length === 0 || !REPLIES.has(reason)) return;
      const rows = yield* older.all(account, contact.id, id, at);
      const detail = 'a later message of the contact got another reply';
      yield* end(rows, { state: 'stopped', reason: 'superseded', detail }, now);
    },
  };
}

interface Ended extends StatedReason {
  readonly state: Extract<SendState, 'stopped' | 'discarded'>;
}

/** Ends the sends of drafts, then derives the reasons of their events and the states of their funnel runs. */
function ender(db: SqlRunner): (rows: readonly SendRow[], ended: Ended, now: Instant) => Work<void> {
  const end = db.prepare(
    `update sends set state = @state, reason = @reason, detail = @detail, ended_at = @now, check_at = null
     where id = @id and state in ${inStates(statesFrom(SEND_STEPS.lapse))}`,
  );
  const event = reasons(db);
  return function* (rows, { state, reason, detail }, now) {
    for (const { id } of rows) yield* end.run({ id, state, reason, detail, now });
    for (const row of rows) yield* event.settle(toSend(row), state, reason, now);
  };
}

/**
 * Reads the sends of the draft that a send belongs to; empty if it does not wait, and for a number that is no id:
 * SQLite takes NaN for null, and PostgreSQL refuses it.
 */
function groupOf(db: SqlRunner): (id: number) => Work<readonly DraftRow[]> {
  const list = db.prepare<DraftRow>(GROUP);
  return function* (id) {
    return Number.isSafeInteger(id) ? yield* list.all({ limit: MOST_TEXTS, id }) : [];
  };
}

function toDrafts(rows: readonly DraftRow[], events: ReadonlyMap<string, InboundEvent>): readonly Draft[] {
  const groups = groupBy(rows, (row) => `${row.rule} ${row.event_id}`);
  return [...groups.values()].flatMap((group): Draft[] => {
    const [first] = group;
    const event = first && events.get(first.event_id);
    if (!first || !event) return [];
    return [
      {
        id: first.id,
        version: group.reduce((sum, { edits }) => sum + edits, 0),
        rule: first.rule,
        event,
        draftedAt: first.drafted_at,
        lastInboundAt: first.last_inbound,
        texts: group.map((row) => ({ send: toSend(row), original: row.original })),
      },
    ];
  });
}

const WAITING = `
select s.*, (select max(i.at) from events i where i.account = s.account and i.contact_id = s.contact_id
  and i.direction = 'incoming' and i.kind = 'message') as last_inbound
from sends s
where s.state = ${SEND.awaiting_approval}`;

const LIST = `${WAITING} and (cast(@dueBy as bigint) is null or s.check_at <= @dueBy)
order by s.drafted_at, s.id limit @limit`;

const GROUP = `${WAITING} and exists (select 1 from sends o
  where o.id = @id and o.event_id = s.event_id and o.rule = s.rule)
order by s.drafted_at, s.id limit @limit`;

/** A draft counts once, however many sends it has. */
const FIGURES = `
select rule, sum(waiting) as waiting, sum(case when is_approved = 1 and is_edited = 0 then 1 else 0 end) as approved,
  sum(case when is_approved = 1 and is_edited = 1 then 1 else 0 end) as edited,
  sum(case when is_approved = 0 then is_dropped else 0 end) as dropped,
  sum(case when is_approved = 0 and is_dropped = 0 and waiting = 0 then 1 else 0 end) as ended
from (select rule, event_id, drafted_at,
    max(case when state = ${SEND.awaiting_approval} then 1 else 0 end) as waiting,
    max(case when approved_at is null then 0 else 1 end) as is_approved,
    max(case when original is null then 0 else 1 end) as is_edited,
    max(case when state = ${SEND.discarded} then 1 else 0 end) as is_dropped
  from sends where drafted_at >= ? group by rule, event_id, drafted_at) d
group by rule order by rule`;
