/** Counterpart of 028-work of the embedded store. */
export const work = `
alter table runs add column work_at bigint;
alter table runs add column work_tries integer not null default 0;
create index runs_work on runs (workspace_id, work_at) where work_at is not null;

create table codes (
  pool text collate "C" not null,
  code text collate "C" not null,
  account text collate "C" not null,
  contact_id text collate "C" not null,
  at bigint not null,
  workspace_id integer not null default workspace() references workspaces (id),
  primary key (workspace_id, pool, code)
);
create unique index codes_by_contact on codes (workspace_id, pool, account, contact_id) where contact_id <> '';

create table pools (
  pool text collate "C" not null,
  remaining integer not null,
  since bigint,
  workspace_id integer not null default workspace() references workspaces (id),
  primary key (workspace_id, pool)
);
alter table codes enable row level security;
alter table codes force row level security;
create policy own_workspace on codes using (workspace_id = workspace());
alter table pools enable row level security;
alter table pools force row level security;
create policy own_workspace on pools using (workspace_id = workspace());
`;
