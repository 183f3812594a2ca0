/** Counterpart of 027-branches of the embedded store. */
export const branches = `
create table branches (
  rule text collate "C" not null,
  split text collate "C" not null,
  account text collate "C" not null,
  contact_id text collate "C" not null,
  branch text collate "C" not null,
  at bigint not null,
  workspace_id integer not null default workspace() references workspaces (id),
  primary key (workspace_id, rule, split, account, contact_id)
);
create index branches_by_time on branches (workspace_id, at);
alter table branches enable row level security;
alter table branches force row level security;
create policy own_workspace on branches using (workspace_id = workspace());
`;
