/** Work that funnel runs wait for, and the codes that were handed out. */
export const work = `
alter table runs add column work_at integer;
alter table runs add column work_tries integer not null default 0;
create index runs_work on runs (work_at) where work_at is not null;

create table codes (
  pool text not null,
  code text not null,
  account text not null,
  contact_id text not null,
  at integer not null,
  primary key (pool, code)
) strict;
-- The contacts of deleted data share an empty id.
create unique index codes_by_contact on codes (pool, account, contact_id) where contact_id <> '';

create table pools (
  pool text primary key,
  remaining integer not null,
  since integer
) strict;
`;
