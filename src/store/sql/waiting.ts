import type { StatedReason } from '../../domain/reason.js';
import { CHECKED_STATES, SEND_STEPS, type Send } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';
import { statesFrom } from '../../domain/transitions.js';
import type { SqlRunner } from './sql-runner.js';
import { reasons } from './reasons.js';
import { toSend } from './rows.js';
import { inStates, RUN, SEND, WEBHOOK } from './states.js';
import type { OutboxStore } from '../ports/outbox.js';

/** Statements for waiting sends that may have expired. */
export function waiting(db: SqlRunner): Pick<OutboxStore, 'waitingSince' | 'stopWaiting' | 'hasOpenWork'> {
  const since = db.prepare(
    `select * from sends where state = ${SEND.pending} and event_at <= ? order by event_at limit ?`,
    toSend,
  );
  const stop = db.prepare(
    `update sends set state = ${SEND.stopped}, reason = ?, detail = ?, ended_at = ?
     where id = ? and attempts = ? and state in ${inStates(statesFrom(SEND_STEPS.expire))}`,
  );
  const event = reasons(db);
  const open = db.prepare<{ found: number }>(`select case when ${OPEN_WORK} then 1 else 0 end as found`);
  return {
    hasOpenWork: db.reads(function* () {
      return (yield* open.value()) === 1;
    }, true),
    waitingSince: db.reads((before: Instant, limit: number) => since.all(before, limit)),
    stopWaiting: db.transaction(function* (send: Send, { reason, detail }: StatedReason, now: Instant) {
      if ((yield* stop.run(reason, detail, now, send.id, send.attempts)).changes === 0) return false;
      yield* event.settle(send, 'stopped', reason, now);
      return true;
    }),
  };
}

/** Each state uses its partial index. */
export const OPEN_WORK = `exists (select 1 from sends where state = ${SEND.pending})
  or exists (select 1 from sends where state = ${SEND.sending})
  or exists (select 1 from sends where state in ${inStates(CHECKED_STATES)})
  or exists (select 1 from webhooks where state = ${WEBHOOK.pending})
  or exists (select 1 from runs where state = ${RUN.waiting} and work_at is not null)`;
