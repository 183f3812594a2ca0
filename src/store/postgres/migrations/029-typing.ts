/** Counterpart of 035-typing of the embedded store. Unlogged: the texts live for a minute, and belong in no archive. */
export const typing = `
create unlogged table typing (
  account text collate "C" not null,
  contact_id text collate "C" not null,
  event_id text collate "C" not null,
  author text collate "C" not null,
  page text collate "C" not null,
  text text collate "C" not null,
  typed_at bigint not null,
  workspace_id integer not null default workspace() references workspaces (id),
  primary key (workspace_id, account, contact_id, event_id, author, page)
);
create index typing_by_event on typing (workspace_id, event_id);
alter table typing enable row level security;
alter table typing force row level security;
create policy own_workspace on typing using (workspace_id = workspace());
`;
