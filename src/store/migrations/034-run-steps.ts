/** The steps that each funnel run took, in order, for the picture of the funnel. */
export const runSteps = `
create table run_steps (
  id integer primary key,
  run integer not null references runs (id),
  step integer not null,
  at integer not null
) strict;
create index run_steps_by_run on run_steps (run, id);
create index runs_by_start on runs (started_at);
`;
