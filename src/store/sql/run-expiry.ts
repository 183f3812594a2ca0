import type { Decision } from '../../domain/decision.js';
import type { InboundEvent } from '../../domain/event.js';
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

type Row = Parameters<typeof toRun>[0];

/** Funnel runs that timed out. */
export function runExpiry(db: SqlRunner): Pick<FunnelStore, 'expiredRuns' | 'recordExpiry'> {
  const due = db.prepare(DUE);
  const event = db.prepare('select * from events where id = ?');
  const isStill = db.prepare(
    `select 1 from runs where id = ? and state = ${RUN.waiting} and step = ? and wrong = ?`,
  );
  const lastPart = db.prepare(
    "select coalesce(max(part), 0) as n from sends where event_id = ? and rule = ? and action = 'reply'",
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
    if ((yield* isStill.get(run.id, run.step, run.wrong)) === undefined) return false;
    // The texts of a timeout follow all earlier texts about the same message.
    const { n } = (yield* lastPart.get(spoken.id, run.rule)) as { n: number };
    yield* runs.change(spoken, decision, now);
    yield* applyEffects(spoken, decision.effects ?? [], now);
    for (const action of decision.actions) {
      yield* insertSend(spoken, { ...action, part: n + (action.part ?? 1) }, now);
      const state = action.awaits === true ? 'awaiting_approval' : 'pending';
      yield* settle({ eventId: spoken.id, rule: run.rule, action: action.type }, state, null, now);
    }
    return true;
  });

  return {
    expiredRuns: db.reads(function* (now: Instant, limit: number) {
      const found: { run: WaitingRun; event: InboundEvent }[] = [];
      for (const row of (yield* due.all(now, limit)) as (Row & { last_event: string })[]) {
        const last = (yield* event.get(row.last_event)) as EventRow | undefined;
        if (last) found.push({ run: toRun(row), event: toEvent(last) });
      }
      return found;
    }),
    recordExpiry: record,
  };
}

/**
 * Expired runs, if messages were read up to the deadline and no undecided message of the contact was written
 * before it: while the program was down, or a list could not be read, an answer may have come.
 */
const DUE = `
select r.id, r.rule, f.steps, r.step, r.wrong, r.started_at, r.asked_at, r.match, r.last_event
from runs r join funnels f on f.id = r.funnel join events l on l.id = r.last_event
where r.state = ${RUN.waiting} and r.deadline < ?
  and r.deadline < (select c.polled_at from cursors c where c.resource = 'messages' and c.platform = l.platform)
  and not exists (select 1 from events e where e.reason is null and e.kind = 'message' and e.account = r.account
    and e.contact_id = r.contact_id and e.at <= r.deadline)
order by r.deadline limit ?`;
