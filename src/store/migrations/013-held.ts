/** Events that wait for data that could not be read yet: the cause, and the row as read. */
export const held = `
alter table events add column held text;
create index events_held on events (at) where held is not null;

-- The configured accounts, as Blotato's list of accounts had them the last time.
create table listed_accounts (
  account text primary key,
  account_id text not null,
  username text,
  missing_since integer,
  likely_id text
) strict;
`;
