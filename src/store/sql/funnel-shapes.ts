import { ACTIVE_RUN_STATES, type Funnel } from '../../domain/funnel.js';
import { NOT_ARRIVED } from '../../domain/send.js';
import type { Instant } from '../../domain/time.js';
import type {
  FunnelShape,
  Standing,
  StandingQuery,
  StepFigure,
  StepPlace,
  StepTime,
} from '../ports/funnel-shapes.js';
import type { Reports } from '../ports/reports.js';
import type { SqlRunner } from './sql-runner.js';
import { countsSince, RUNS_SINCE, SPOKEN, STEPS_SINCE } from './run-counts.js';
import { inStates } from './states.js';

/** Number of the latest runs of a funnel from which its times are taken. */
const TIMED_RUNS = 2_000;
/** Number of texts shown for a contact who stands in a funnel. */
const TEXTS = 5;

interface Of {
  readonly rule: string;
  readonly funnel: number;
}

/** The dashboard's queries about the steps of funnels. */
export function funnelShapes(db: SqlRunner): Pick<Reports, 'funnelShapes' | 'stepTimes' | 'standing'> {
  const places = db.prepare<Of & StepPlace>(PLACES);
  const passed = db.prepare<Of & StepFigure>(PASSED);
  const times = db.prepare<StepTime>(TIMES);
  const written = db.prepare<{ steps: string }>('select steps from funnels where id = ?');
  const standing = db.prepare<Omit<Standing, 'texts'>>(STANDING);
  const texts = db.prepare<{ text: string }>(TEXTS_OF);
  return {
    funnelShapes: db.reads(function* (since: Instant) {
      const stops = yield* places.all(countsSince(since));
      const counts = yield* passed.all(countsSince(since));
      const shapes: FunnelShape[] = [];
      for (const { rule, funnel } of distinct(stops)) {
        const isOwn = (row: Of): boolean => row.rule === rule && row.funnel === funnel;
        const { steps } = yield* written.one(funnel);
        const own = stops.filter(isOwn);
        shapes.push({
          rule,
          id: funnel,
          funnel: JSON.parse(steps) as Funnel,
          reached: own.reduce((sum, { n }) => sum + n, 0),
          steps: counts.filter(isOwn).map(({ step, reached }) => ({ step, reached })),
          places: own.map(({ step, outcome, n }) => ({ step, outcome, n })),
        });
      }
      return shapes;
    }),
    stepTimes: db.reads(({ rule, id }: Pick<FunnelShape, 'rule' | 'id'>, since: Instant) =>
      times.all(rule, id, since),
    ),
    standing: db.reads(function* (query: StandingQuery) {
      const { rule, after, ...rest } = query;
      const mark = { afterSince: after?.since ?? Number.MIN_SAFE_INTEGER, afterRun: after?.run ?? 0 };
      const rows = yield* standing.all({ rule, ...rest, ...mark });
      const found: Standing[] = [];
      for (const row of rows) {
        const said = yield* texts.all(row.account, row.contactId, rule);
        found.push({ ...row, texts: said.map(({ text }) => text).reverse() });
      }
      return found;
    }),
  };
}

/** Versions of funnels, the newest of a rule first. */
function distinct(rows: readonly Of[]): readonly Of[] {
  const known = new Map(rows.map((row) => [JSON.stringify([row.rule, row.funnel]), row]));
  return [...known.values()].toSorted((a, b) => b.funnel - a.funnel);
}

const PLACES = `
select rule, funnel, nullif(step, -1) as step, nullif(outcome, '') as outcome, sum(n) as n from ${RUNS_SINCE}
group by 1, 2, 3, 4 having sum(n) > 0`;

const PASSED = `
select rule, funnel, step, sum(n) as reached from ${STEPS_SINCE} group by 1, 2, 3 having sum(n) > 0 order by 3`;

/**
 * The median and the ninth of ten of the times until the next step, rounded up to the time of one run. Of the latest
 * runs only, since the query sorts them and blocks an embedded store.
 */
const TIMES = `
select step, max(case when place = (n + 1) / 2 then stay end) as median,
  max(case when place = (n * 9 + 9) / 10 then stay end) as most
from (
  select step, stay, row_number() over (partition by step order by stay) as place, count(*) over (partition by step) as n
  from (
    select s.step, lead(s.at) over (partition by s.run order by s.id) - s.at as stay
    from (select r.id from runs r where r.rule = ? and r.funnel = ? and r.started_at >= ? and ${SPOKEN}
      order by r.started_at desc limit ${TIMED_RUNS}) latest join run_steps s on s.run = latest.id) stays
  where stay is not null) ranked
group by 1`;

const STANDING = `
select r.id as run, r.account, r.contact_id as "contactId", r.rule, r.state, coalesce(r.asked_at, r.started_at) as since,
  r.deadline as until,
  (select coalesce(e.contact_name, e.contact_username) from events e where e.account = r.account
    and e.contact_id = r.contact_id and coalesce(e.contact_name, e.contact_username) is not null
    order by e.at desc limit 1) as name
from runs r
where r.rule = @rule and r.started_at >= @from and r.state in ${inStates(ACTIVE_RUN_STATES)} and r.step = @step
  and r.funnel = coalesce((select id from funnels where steps = @steps),
    (select max(c.funnel) from run_counts c where c.rule = @rule))
  and (coalesce(r.asked_at, r.started_at) > @afterSince
    or (coalesce(r.asked_at, r.started_at) = @afterSince and r.id > @afterRun))
order by coalesce(r.asked_at, r.started_at), r.id limit @limit`;

const TEXTS_OF = `
select text from sends where account = ? and contact_id = ? and rule = ? and state not in ${inStates(NOT_ARRIVED)}
order by id desc limit ${TEXTS}`;
