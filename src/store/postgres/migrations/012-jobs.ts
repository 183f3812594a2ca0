/** The queue of the workers: the next cycle of each workspace, and the worker that runs it. */
export const jobs = `
create table jobs (
  workspace_id integer primary key references workspaces (id),
  due_at timestamptz not null default now(),
  worker text
);
create index jobs_by_due on jobs (due_at) where worker is null;
create index jobs_by_worker on jobs (worker) where worker is not null;
alter table workers drop column names`;
