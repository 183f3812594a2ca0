import { HOUR, type Instant, MINUTE, SECOND } from '../../domain/time.js';
import type { SqlRunner, Work } from './sql-runner.js';
import type { QueueState, OwnerStore } from '../ports/owner.js';
import { SEND } from './states.js';

/** The queue of the outbox, and the used part of its budgets. */
export function queue(db: SqlRunner): Pick<OwnerStore, 'queue'> {
  const waiting = db.prepare<QueueState['waiting'][number]>(
    `select route, account, count(*) as n, max(not_before) as "latestAt" from sends where state = ${SEND.pending}
     group by route, account order by account, route`,
  );
  const calls = db.prepare<QueueState['calls'][number]>(
    "select route, at from calls where route like 'POST %' and at > ? order by at",
  );
  const attempts = db.prepare<{ account: string; at: number }>(ATTEMPTS);
  return {
    queue: db.reads(function* (now: Instant): Work<QueueState> {
      return {
        waiting: yield* waiting.all(),
        calls: yield* calls.all(now - MINUTE - SECOND),
        attempts: yield* attempts.all(now - HOUR),
      };
    }),
  };
}

/** The same condition as in the claim, for an account's hourly budget. */
const ATTEMPTS = `
select account, started_at as at from attempts
where started_at > ? and (outcome is null or outcome not in ('nothing_left', 'stopped')) order by started_at`;
