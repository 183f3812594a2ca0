/** Counterpart of 025-audit of the embedded store. */
export const audit = `
create table audit (
  id bigint generated always as identity primary key,
  at bigint not null,
  by text collate "C" not null,
  role text collate "C" not null,
  action text collate "C" not null,
  subject text collate "C" not null,
  workspace_id integer not null default workspace() references workspaces (id)
);
create index audit_of_workspace on audit (workspace_id, id);
alter table audit enable row level security;
alter table audit force row level security;
create policy own_workspace on audit using (workspace_id = workspace());
`;
