import { DAY } from '../../../domain/time.js';
import { RUN_KEY, runKeyOf, STEP_KEY } from '../../migrations/038-run-counts.js';

const RUN_COLUMNS = `workspace_id, ${RUN_KEY}, n, sent, answered`;
const ADD_RUNS = `on conflict (workspace_id, ${RUN_KEY}) do update set n = run_counts.n + excluded.n,
    sent = run_counts.sent + excluded.sent, answered = run_counts.answered + excluded.answered`;
const STEP_COLUMNS = `workspace_id, ${STEP_KEY}, n`;
const ADD_STEPS = `on conflict (workspace_id, ${STEP_KEY}) do update set n = step_counts.n + excluded.n`;

const addRun = (row: 'old' | 'new', by: '+' | '-'): string => `
  insert into run_counts (${RUN_COLUMNS})
  values (${row}.workspace_id, ${runKeyOf(row)}, ${by}1, ${by}num_nonnulls(${row}.sent_at), ${by}num_nonnulls(${row}.answered_at))
  ${ADD_RUNS};`;

const countRuns = (from: string): string => `
  insert into run_counts (${RUN_COLUMNS})
  select r.workspace_id, ${runKeyOf('r')}, count(*), count(r.sent_at), count(r.answered_at)
  from ${from} group by 1, 2, 3, 4, 5, 6, 7`;

const countSteps = (from: string): string => `
  insert into step_counts (${STEP_COLUMNS})
  select r.workspace_id, r.started_at / ${DAY}, r.rule, r.funnel, s.step, count(*)
  from ${from} join runs r on r.workspace_id = s.workspace_id and r.id = s.run
  where coalesce(r.outcome, '') <> 'refused'`;

const aTrigger = (name: string, when: string, body: string): string => `
create function count_${name}() returns trigger language plpgsql set search_path from current as $$
begin ${body}
  return null;
end $$;
create trigger ${name} after ${when} execute function count_${name}();`;

const aTable = (name: string, columns: string, key: string): string => `
create table ${name} (
  ${columns},
  workspace_id integer not null default workspace() references workspaces (id),
  primary key (workspace_id, ${key})
);
alter table ${name} enable row level security;
alter table ${name} force row level security;
create policy own_workspace on ${name} using (workspace_id = workspace());`;

/**
 * Counterpart of 038-run-counts of the embedded store. Workers of the previous release may write meanwhile: the
 * lock keeps them out until the triggers exist, and the role that they may assume needs its rights on the new tables
 * at once.
 */
export const runCounts = `
set local statement_timeout = 0;
lock table runs, run_steps in share row exclusive mode;
${aTable(
  'run_counts',
  `day integer not null,
  rule text collate "C" not null,
  funnel bigint not null,
  step integer not null,
  outcome text collate "C" not null,
  detail text collate "C" not null,
  n bigint not null,
  sent bigint not null,
  answered bigint not null`,
  RUN_KEY,
)}
${aTable(
  'step_counts',
  `day integer not null,
  rule text collate "C" not null,
  funnel bigint not null,
  step integer not null,
  n bigint not null`,
  STEP_KEY,
)}
do $$
declare w integer;
begin
  if exists (select from pg_roles where rolname = 'autoresponder_workspace') then
    grant select, insert, update, delete on run_counts, step_counts to autoresponder_workspace;
  end if;
  for w in select id from workspaces loop
    perform set_config('autoresponder.workspace', cast(w as text), true);
    ${countRuns('runs r where r.workspace_id = w')};
    ${countSteps('run_steps s')} and s.workspace_id = w group by 1, 2, 3, 4, 5;
  end loop;
  perform set_config('autoresponder.workspace', '', true);
end $$;
${aTrigger(
  'runs_started',
  'insert on runs referencing new table as started for each statement',
  `${countRuns('started r')} order by 1, 2, 3, 4, 5, 6, 7 ${ADD_RUNS};`,
)}
${aTrigger(
  'runs_changed',
  `update of step, outcome, detail, sent_at, answered_at on runs for each row
when ((old.step, old.outcome, old.detail, old.sent_at is null, old.answered_at is null)
  is distinct from (new.step, new.outcome, new.detail, new.sent_at is null, new.answered_at is null))`,
  `${addRun('old', '-')} ${addRun('new', '+')}`,
)}
${aTrigger(
  'run_steps_taken',
  'insert on run_steps referencing new table as taken for each statement',
  `${countSteps('taken s')} group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5 ${ADD_STEPS};`,
)}
${aTrigger(
  'runs_refused',
  `update of outcome on runs for each row
when ((old.outcome is not distinct from 'refused') <> (new.outcome is not distinct from 'refused'))`,
  `
  insert into step_counts (${STEP_COLUMNS})
  select new.workspace_id, new.started_at / ${DAY}, new.rule, new.funnel, s.step,
    case when new.outcome is not distinct from 'refused' then -count(*) else count(*) end
  from run_steps s where s.workspace_id = new.workspace_id and s.run = new.id group by s.step ${ADD_STEPS};`,
)}

drop index runs_by_rule;
create index runs_by_funnel on runs (workspace_id, funnel, rule, started_at);
create index runs_standing on runs (workspace_id, funnel, rule, step, started_at) where state in ('asking', 'waiting');
`;
