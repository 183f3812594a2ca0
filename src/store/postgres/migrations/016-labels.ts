/** Counterpart of 022-labels of the embedded store. */
export const labels = `
create table labels (
  event_id text collate "C" not null,
  rule text collate "C" not null,
  is_right integer not null,
  labelled_at bigint not null,
  workspace_id integer not null default workspace() references workspaces (id),
  primary key (workspace_id, event_id, rule)
);
alter table labels enable row level security;
alter table labels force row level security;
create policy own_workspace on labels using (workspace_id = workspace());
`;
