/** Notices to the owner, and the channels through which each was sent. */
export const notices = `
create table notices (
  id integer primary key,
  kind text not null,
  key text not null,
  at integer not null,
  text text not null,
  mend text not null,
  noted_at integer not null,
  unique (kind, key)
) strict;

create table told (
  notice integer not null references notices (id) on delete cascade,
  channel text not null,
  at integer not null,
  primary key (notice, channel)
) strict;
create index told_by_channel on told (channel, at);
`;
