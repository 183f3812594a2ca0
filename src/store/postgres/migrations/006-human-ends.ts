/** Time until which the owner ended the pause caused by a human's messages to a contact. */
export const humanEnds = `
create table human_ends (
  account text collate "C" not null,
  contact_id text collate "C" not null,
  at bigint not null,
  workspace_id integer not null default workspace() references workspaces (id),
  primary key (workspace_id, account, contact_id)
);
alter table human_ends enable row level security;
alter table human_ends force row level security;
create policy own_workspace on human_ends using (workspace_id = workspace());
`;
