import type { Act, Actor, AuditAction } from '../../domain/audit.js';
import type { InboundEvent } from '../../domain/event.js';
import type { Pause } from '../../domain/facts.js';
import type { Reason } from '../../domain/reason.js';
import { SEND_STEPS, type SendState, TROUBLED_STATES } from '../../domain/send.js';
import { DAY, HOUR, type Instant } from '../../domain/time.js';
import { statesFrom } from '../../domain/transitions.js';
import type { SqlRunner, Work } from './sql-runner.js';
import { recorder } from './audit.js';
import { reasons } from './reasons.js';
import { type EventRow, PAUSED_BY, SINCE_HOUR, toEvent, toJournalRow, toPause, toSend } from './rows.js';
import { inStates, SEND } from './states.js';
import type { JournalQuery, JournalStore } from '../ports/journal.js';
import type { OwnerStore, RuleHour, Stop, Summary } from '../ports/owner.js';

type OwnerPart = Pick<
  OwnerStore,
  | 'sends'
  | 'retrySend'
  | 'discardSend'
  | 'setPause'
  | 'endPause'
  | 'summary'
  | 'reasonsBetween'
  | 'stops'
  | 'ruleHours'
  | 'failures'
> &
  Pick<JournalStore, 'journal' | 'eventsAfter'>;

/** Queries and commands of the owner: the journal, sends by hand, pauses. */
export function owner(db: SqlRunner): OwnerPart {
  return { ...outboxByHand(db), ...views(db), ...weeks(db) };
}

type SendsQuery = Parameters<OwnerStore['sends']>[0];

function outboxByHand(db: SqlRunner) {
  const list = db.prepare(
    `select * from sends
     where (cast(@states as text) is null or state in (select value from json_each(@states)))
       and (cast(@eventId as text) is null or event_id = @eventId) and id < @before order by id desc limit @limit`,
    toSend,
  );
  const retry = db.prepare(
    `update sends set state = ${SEND.pending}, reason = null, detail = 'retried by hand', not_before = ?, check_at = null,
       ended_at = null, looks = 0
     where id = ? and state in ${inStates(statesFrom(SEND_STEPS.retry))} and text <> '' and (drafted_at is null or approved_at is not null) returning *`,
    toSend,
  );
  const discard = db.prepare(
    `update sends set state = ${SEND.discarded}, reason = 'failed', detail = 'discarded by hand', ended_at = ?, check_at = null
     where id = ? and state in ${inStates(statesFrom(SEND_STEPS.discard))} returning *`,
    toSend,
  );
  const savePause = db.prepare(
    `insert into pauses (scope, until) values (?, ?)
     on conflict (scope) do update set until = excluded.until, event_id = null`,
  );
  const endPause = db.prepare('delete from pauses where scope = ?');
  const event = reasons(db);

  const record = recorder(db);

  const changer = (statement: typeof retry, action: AuditAction) =>
    db.transaction(function* (id: number, now: Instant, actor?: Actor) {
      const send = yield* statement.get(now, id);
      if (send === undefined) return null;
      yield* event.settle(send, send.state, send.reason, now);
      yield* record({ action, subject: `send ${id}` }, actor, now);
      return send;
    });

  return {
    sends: db.reads(function* ({ states, limit, eventId, before = Number.MAX_SAFE_INTEGER }: SendsQuery) {
      const wanted = states ? JSON.stringify(states) : null;
      return yield* list.all({ states: wanted, eventId: eventId ?? null, limit, before });
    }),
    retrySend: changer(retry, 'outbox_retry'),
    discardSend: changer(discard, 'outbox_discard'),
    setPause: db.transaction(function* ({ scope, until }: Pause, act?: Act) {
      yield* savePause.run(scope, until === Infinity ? null : until);
      yield* record({ action: 'pause', subject: scope }, act, act?.at ?? 0);
    }),
    endPause: db.transaction(function* (scope: string, act?: Act) {
      const isEnded = (yield* endPause.run(scope)).changes > 0;
      if (isEnded) yield* record({ action: 'resume', subject: scope }, act, act?.at ?? 0);
      return isEnded;
    }),
  } satisfies Partial<OwnerStore & JournalStore>;
}

function weeks(db: SqlRunner): Pick<OwnerStore, 'reasonsBetween' | 'stops' | 'ruleHours'> {
  const between = db.prepare<{ reason: Reason; n: number }>(
    'select reason, count(*) as n from events where at >= ? and at < ? and reason is not null group by reason',
  );
  const stops = db.prepare<Stop>(
    `select reason, rule, account, at / ${DAY} as day, count(*) as n, min(at) as "firstAt" from events
     where at >= ? and reason in ('window_closed', 'template_error', 'too_long') group by 1, 2, 3, 4 order by 6, 1`,
  );
  const ruleHours = db.prepare<RuleHour>(
    `select at / ${HOUR} as hour, rule, account, count(*) as n from events
     where ${SINCE_HOUR} and reason is not null and reason <> 'own_message' and account is not null group by 1, 2, 3`,
  );
  return {
    stops: db.reads((since: Instant): Work<readonly Stop[]> => stops.all(since)),
    ruleHours: db.reads((since: Instant) => ruleHours.all({ since })),
    reasonsBetween: db.reads(function* (from: Instant, to: Instant): Work<Summary['reasons']> {
      const rows = yield* between.all(from, to);
      return Object.fromEntries(rows.map(({ reason, n }) => [reason, n]));
    }),
  };
}

function views(db: SqlRunner) {
  const newest = db.prepare(JOURNAL('and seq < @before', 'desc'), toJournalRow);
  const following = db.prepare(JOURNAL('and seq > @after', 'asc'), toJournalRow);
  // Without the traces, which are most of the journal.
  const after = db.prepare(
    `select id, kind, platform, account, source_id, conversation_id, contact_id, contact_name, contact_username, text, at,
       direction, post_id, platform_post_id, platform_comment_id, parent_id, reason from events
     where at >= @at and (at > @at or id > @id) order by at, id limit @limit`,
    (row: EventRow) => ({ event: toEvent(row), reason: row.reason }),
  );
  const named = db.prepare('select * from events where id in (select value from json_each(?))', toJournalRow);
  const countReasons = db.prepare<{ reason: Reason | null; n: number }>(
    'select reason, count(*) as n from events group by reason',
  );
  const countSends = db.prepare<{ state: SendState; n: number }>(
    'select state, count(*) as n from sends group by state',
  );
  const newestEvent = db.prepare<{ at: number | null }>('select max(at) as at from events');
  const streams = db.prepare<Summary['streams'][number]>(
    `select resource || '/' || platform as stream, mark_at as mark, polled_at as "polledAt" from cursors
     order by resource, platform`,
  );
  const pauses = db.prepare(`${PAUSED_BY} order by p.scope`, toPause);
  const failures = db.prepare<{ account: string; reason: Reason; n: number }>(
    `select account, reason, count(*) as n from sends
     where state in ${inStates(TROUBLED_STATES)} and reason is not null group by 1, 2`,
  );

  return {
    failures: db.reads(() => failures.all()),
    journal: db.reads(function* ({ limit, reason, rule, account, after, before, events }: JournalQuery) {
      if (events !== undefined) return yield* named.all(JSON.stringify(events));
      const shadow =
        rule === undefined ? null : `"rule":${JSON.stringify(rule)},"outcome":"would_act_shadow"`;
      const filter = { limit, reason: reason ?? null, rule: rule ?? null, shadow, account: account ?? null };
      return after === undefined
        ? yield* newest.all({ ...filter, before: before ?? Number.MAX_SAFE_INTEGER })
        : yield* following.all({ ...filter, after });
    }),
    eventsAfter: db.reads(({ at, id }: Pick<InboundEvent, 'at' | 'id'>, limit: number) =>
      after.all({ at, id, limit }),
    ),
    summary: db.reads(function* (): Work<Summary> {
      const byReason = yield* countReasons.all();
      const byState = yield* countSends.all();
      return {
        reasons: Object.fromEntries(
          byReason.flatMap(({ reason, n }) => (reason === null ? [] : [[reason, n]])),
        ),
        sends: Object.fromEntries(byState.map(({ state, n }) => [state, n])),
        undecided: byReason.find((row) => row.reason === null)?.n ?? 0,
        newestEventAt: yield* newestEvent.value(),
        streams: yield* streams.all(),
        pauses: yield* pauses.all(),
      };
    }),
  } satisfies Partial<OwnerStore & JournalStore>;
}

/** With a rule also the events on which another rule acted, and this one in shadow, as their traces say. */
const JOURNAL = (more: string, order: 'asc' | 'desc'): string => `
select * from events
where (cast(@reason as text) is null or reason = @reason) and (cast(@rule as text) is null or rule = @rule
    or (rule <> @rule and replace(trace, cast(@shadow as text), '') <> trace))
  and (cast(@account as text) is null or account = @account) ${more}
order by seq ${order} limit @limit`;
