import { DAY, type Instant } from '../../domain/time.js';
import { RUN_KEY, runKeyOf, STEP_KEY } from '../migrations/038-run-counts.js';

/** Parameters of the counts since a time: whole days are counted already, the rest of the first day is not. */
export function countsSince(since: Instant): {
  readonly day: number;
  readonly since: Instant;
  readonly dayBegins: Instant;
} {
  const day = Math.ceil(since / DAY);
  return { day, since, dayBegins: day * DAY };
}

const REST_OF_DAY = 'r.started_at >= @since and r.started_at < @dayBegins';

/** Counts of the runs started since then. */
export const RUNS_SINCE = `(
  select ${RUN_KEY}, n, sent, answered from run_counts where day >= @day
  union all
  select ${runKeyOf('r')}, 1, case when r.sent_at is null then 0 else 1 end,
    case when r.answered_at is null then 0 else 1 end
  from runs r where ${REST_OF_DAY}) counted`;

/** Contacts whose first message did not arrive took no step. */
export const SPOKEN = `coalesce(r.outcome, '') <> 'refused'`;

/** Counts of the steps that runs started since then took. A run takes each step once, since every jump leads ahead. */
export const STEPS_SINCE = `(
  select ${STEP_KEY}, n from step_counts where day >= @day
  union all
  select r.started_at / ${DAY}, r.rule, r.funnel, s.step, 1
  from runs r join run_steps s on s.run = r.id where ${REST_OF_DAY} and ${SPOKEN}) counted`;
