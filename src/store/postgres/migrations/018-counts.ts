/** Counterpart of 024-counts of the embedded store. */
export const counts = `
create table counts (
  metric text collate "C" not null,
  subject text collate "C" not null,
  platform text collate "C" not null,
  account text collate "C" not null,
  result text collate "C" not null,
  n bigint not null,
  workspace_id integer not null default workspace() references workspaces (id),
  primary key (workspace_id, metric, subject, platform, account, result)
);
alter table counts enable row level security;
alter table counts force row level security;
create policy own_workspace on counts using (workspace_id = workspace());
`;
