/** State of reading each list, as in 021-read-failures of the embedded store. */
export const readFailures = `
alter table cursors add column due_at bigint;

create table read_failures (
  resource text collate "C" not null,
  failing_since bigint not null,
  error text not null,
  key_refused bigint not null,
  workspace_id integer not null default workspace() references workspaces (id),
  primary key (workspace_id, resource)
);
alter table read_failures enable row level security;
alter table read_failures force row level security;
create policy own_workspace on read_failures using (workspace_id = workspace());
`;
