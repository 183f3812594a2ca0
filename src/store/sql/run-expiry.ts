import type { Decision } from '../../domain/decision.js';
import type { InboundEvent } from '../../domain/event.js';
import type { DueRun } from '../../domain/due-run.js';
import type { WaitingRun } from '../../domain/funnel.js';
import type { Instant } from '../../domain/time.js';
import { sendInserter } from './decide.js';
import { effectRows } from './effects.js';
import type { SqlRunner, Work } from './sql-runner.js';
import { reasons } from './reasons.js';
import { type EventRow, toEvent } from './rows.js';
import { runRows, toRun } from './runs.js';
import type { FunnelStore } from '../ports/funnels.js';
import { RUN } from './states.js';

interface Row {
  readonly id: number;
  readonly at: number;
  readonly due: DueRun['due'];
}

type FoundRow = Parameters<typeof toRun>[0] & { last_event: string; has_written: 0 | 1 };

/** Funnel runs of which something is due. */
export function runExpiry(db: SqlRunner): Pick<FunnelStore, 'dueRuns' | 'recordExpiry'> {
  const due = db.prepare<Row>(DUE);
  const find = db.prepare<FoundRow>(FOUND);
  const event = db.prepare<EventRow>('select * from events where id = ?');
  const isStill = db.prepare(
    `select 1 from runs where id = ? and state = ${RUN.waiting} and step = ? and wrong = ? and reminded = ?`,
  );
  const lastPart = db.prepare<{ n: number }>(
    "select coalesce(max(part), 0) as n from sends where event_id = ? and rule = ? and action = 'reply'",
  );
  const note = db.prepare(
    "update events set work = case when work is null then @work else work || '; ' || @work end where id = @id",
  );
  const insertSend = sendInserter(db);
  const runs = runRows(db);
  const applyEffects = effectRows(db);
  const { settle } = reasons(db);

  const record = db.transaction(function* (
    run: WaitingRun,
    spoken: InboundEvent,
    decision: Decision,
    now: Instant,
  ): Work<boolean> {
    if ((yield* isStill.get(run.id, run.step, run.wrong, run.reminded)) === undefined) return false;
    // The texts of a timeout follow all earlier texts about the same message.
    const { n } = yield* lastPart.one(spoken.id, run.rule);
    yield* runs.change(spoken, decision, now);
    yield* applyEffects(spoken, decision.effects ?? [], now);
    if (decision.work !== undefined) yield* note.run({ id: spoken.id, work: decision.work });
    for (const action of decision.actions) {
      yield* insertSend(spoken, { ...action, part: n + (action.part ?? 1) }, now);
      const state = action.awaits === true ? 'awaiting_approval' : 'pending';
      const { type, reminds = false } = action;
      yield* settle({ eventId: spoken.id, rule: run.rule, action: type, reminds }, state, null, now);
    }
    return true;
  });

  return {
    dueRuns: db.reads(function* (now: Instant, limit: number) {
      const found: DueRun[] = [];
      for (const { id, due: what } of yield* due.all({ now, limit })) {
        const row = yield* find.one(id);
        const last = yield* event.get(row.last_event);
        if (!last) continue;
        found.push({ run: toRun(row), event: toEvent(last), due: what, hasWritten: row.has_written === 1 });
      }
      return found;
    }),
    recordExpiry: record,
  };
}

/** Messages were read up to the time, and no undecided message of the contact was written before it. */
const isRead = (time: string): string => `
  ${time} < (select c.polled_at from cursors c where c.resource = 'messages' and c.platform = l.platform)
  and not exists (select 1 from events e where e.reason is null and e.kind = 'message' and e.account = r.account
    and e.contact_id = r.contact_id and e.at <= ${time})`;

/**
 * Due runs: while the program was down, or a list could not be read, an answer may have come. A reminder is due while
 * the question still has time.
 */
const DUE = `
select id, at, due from (
  select r.id, r.deadline as at, 'deadline' as due
  from runs r join events l on l.id = r.last_event
  where r.state = ${RUN.waiting} and r.deadline < @now and ${isRead('r.deadline')}
  union all select r.id, r.asked_at + r.remind_after as at, 'reminder' as due
  from runs r join events l on l.id = r.last_event
  where r.state = ${RUN.waiting} and r.remind_after is not null and r.asked_at + r.remind_after < @now
    and r.deadline >= @now and ${isRead('r.asked_at + r.remind_after')}) d
order by at limit @limit`;

const FOUND = `
select r.id, r.rule, f.steps, r.step, r.wrong, r.started_at, r.asked_at, r.reminded, r.match, r.last_event,
  case when exists (select 1 from events e where e.account = r.account and e.contact_id = r.contact_id
    and e.direction = 'incoming' and e.kind = 'message' and e.at > l.at) then 1 else 0 end as has_written
from runs r join funnels f on f.id = r.funnel join events l on l.id = r.last_event where r.id = ?`;
