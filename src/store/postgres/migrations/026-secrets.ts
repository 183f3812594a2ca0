/** Counterpart of 032-secrets of the embedded store. */
export const secrets = `
create table secrets (
  name text collate "C" not null,
  value text collate "C" not null,
  workspace_id integer not null default workspace() references workspaces (id),
  primary key (workspace_id, name)
);
alter table secrets enable row level security;
alter table secrets force row level security;
create policy own_workspace on secrets using (workspace_id = workspace());
`;
