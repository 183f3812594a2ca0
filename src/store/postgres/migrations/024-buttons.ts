/** Counterpart of 030-buttons of the embedded store. */
export const buttons = `
alter table sends add column buttons text;
create table button_refusals (
  account text collate "C" not null,
  at bigint not null,
  workspace_id integer not null default workspace() references workspaces (id),
  primary key (workspace_id, account)
);
alter table button_refusals enable row level security;
alter table button_refusals force row level security;
create policy own_workspace on button_refusals using (workspace_id = workspace());
`;
