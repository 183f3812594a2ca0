/** Events that wait for data that could not be read yet: the cause, and the row as read. */
export const held = `
alter table events add column held text;
create index events_held on events (workspace_id, at) where held is not null;

-- The configured accounts, as Blotato's list of accounts had them the last time.
create table listed_accounts (
  account text collate "C" not null,
  account_id text collate "C" not null,
  username text,
  missing_since bigint,
  likely_id text collate "C",
  workspace_id integer not null default workspace() references workspaces (id),
  primary key (workspace_id, account)
);
alter table listed_accounts enable row level security;
alter table listed_accounts force row level security;
create policy own_workspace on listed_accounts using (workspace_id = workspace());
`;
