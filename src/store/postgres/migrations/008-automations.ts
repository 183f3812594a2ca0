/** Blotato's own automations as last read, as in 017-automations of the embedded store. */
export const automations = `
create table automations (
  list text collate "C" not null,
  read_at bigint not null,
  automations text not null,
  workspace_id integer not null default workspace() references workspaces (id),
  primary key (workspace_id, list)
);
alter table automations enable row level security;
alter table automations force row level security;
create policy own_workspace on automations using (workspace_id = workspace());
`;
