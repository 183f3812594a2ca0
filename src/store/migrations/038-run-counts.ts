import { DAY } from '../../domain/time.js';

/** The key of a run in `run_counts`. A missing step counts as -1, and a missing outcome or detail as ''. */
export const runKeyOf = (row: string): string =>
  `${row}.started_at / ${DAY}, ${row}.rule, ${row}.funnel, coalesce(${row}.step, -1), coalesce(${row}.outcome, ''),
    case when ${row}.outcome = 'refused' then coalesce(${row}.detail, '') else '' end`;

export const RUN_KEY = 'day, rule, funnel, step, outcome, detail';
export const STEP_KEY = 'day, rule, funnel, step';

const addRun = (row: 'old' | 'new', by: '+' | '-'): string => `
  insert into run_counts (${RUN_KEY}, n, sent, answered)
  values (${runKeyOf(row)}, ${by}1, ${by}(${row}.sent_at is not null), ${by}(${row}.answered_at is not null))
  on conflict (${RUN_KEY}) do update
    set n = n + excluded.n, sent = sent + excluded.sent, answered = answered + excluded.answered;`;

const ADD_STEPS = `on conflict (${STEP_KEY}) do update set n = n + excluded.n;`;

/**
 * Counts of funnel runs, and of the steps that they took, by the day on which the run started: the dashboard counts
 * days, not runs. Refused runs took no step. Triggers maintain the counts, so that no statement that changes a run can
 * miss them. The indexes of runs that only such counts needed are replaced by one of the latest runs of a funnel and
 * one of those that are in it.
 */
export const runCounts = `
create table run_counts (
  day integer not null,
  rule text not null,
  funnel integer not null,
  step integer not null,
  outcome text not null,
  detail text not null,
  n integer not null,
  sent integer not null,
  answered integer not null,
  primary key (${RUN_KEY})
) strict, without rowid;
insert into run_counts
select ${runKeyOf('r')}, count(*), count(r.sent_at), count(r.answered_at) from runs r group by 1, 2, 3, 4, 5, 6;
create trigger runs_started after insert on runs begin ${addRun('new', '+')} end;
create trigger runs_changed after update of step, outcome, detail, sent_at, answered_at on runs
when (old.step, old.outcome, old.detail, old.sent_at is null, old.answered_at is null)
  is not (new.step, new.outcome, new.detail, new.sent_at is null, new.answered_at is null)
begin ${addRun('old', '-')} ${addRun('new', '+')} end;

create table step_counts (
  day integer not null,
  rule text not null,
  funnel integer not null,
  step integer not null,
  n integer not null,
  primary key (${STEP_KEY})
) strict, without rowid;
insert into step_counts
select r.started_at / ${DAY}, r.rule, r.funnel, s.step, count(*)
from run_steps s join runs r on r.id = s.run where coalesce(r.outcome, '') <> 'refused' group by 1, 2, 3, 4;
create trigger run_steps_taken after insert on run_steps begin
  insert into step_counts (${STEP_KEY}, n)
  select r.started_at / ${DAY}, r.rule, r.funnel, new.step, 1
  from runs r where r.id = new.run and coalesce(r.outcome, '') <> 'refused' ${ADD_STEPS}
end;
create trigger runs_refused after update of outcome on runs
when (old.outcome is 'refused') <> (new.outcome is 'refused') begin
  insert into step_counts (${STEP_KEY}, n)
  select new.started_at / ${DAY}, new.rule, new.funnel, s.step,
    case when new.outcome is 'refused' then -count(*) else count(*) end
  from run_steps s where s.run = new.id group by s.step ${ADD_STEPS}
end;

drop index runs_figures;
drop index runs_places;
create index runs_by_funnel on runs (funnel, rule, started_at);
create index runs_standing on runs (funnel, rule, step, started_at) where state in ('asking', 'waiting');
`;
