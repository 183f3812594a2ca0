/**
 * A text split into several sends has one row per part. SQLite cannot change a unique constraint of an
 * existing table, so the table is created anew; the table that refers to it is dropped before and restored
 * after.
 */
export const parts = `
create table attempts_kept as select * from attempts;
drop table attempts;

create table sends_new (
  id integer primary key,
  event_id text not null references events (id),
  rule text not null,
  action text not null,
  route text not null,
  platform text not null,
  account text not null,
  lane text not null,
  contact_id text not null,
  conversation_id text,
  post_id text,
  comment_id text,
  platform_comment_id text,
  text text not null,
  disclosed integer not null,
  state text not null,
  reason text,
  detail text,
  event_at integer not null,
  created_at integer not null,
  not_before integer not null,
  message_id text,
  status text,
  attempts integer not null default 0,
  attempted_at integer,
  resends integer not null default 0,
  check_at integer,
  looks integer not null default 0,
  ended_at integer,
  part integer not null default 1,
  unique (event_id, rule, action, part)
) strict;
insert into sends_new select *, 1 from sends;
drop table sends;
alter table sends_new rename to sends;
create unique index sends_private_reply on sends (account, platform_comment_id)
  where action = 'private_reply' and state not in ('stopped', 'discarded');
create index sends_by_message on sends (route, message_id) where message_id is not null;
create index sends_pending on sends (route, event_at desc) where state = 'pending';
create index sends_sending on sends (id) where state = 'sending';
create index sends_lane on sends (lane, id) where state in ('pending', 'sending', 'ambiguous');
create index sends_look on sends (check_at) where state in ('ambiguous', 'accepted');
create index sends_by_contact on sends (account, contact_id);
create index sends_by_comment on sends (platform_comment_id) where action = 'private_reply';
create index sends_waiting on sends (event_at) where state = 'pending';

create table attempts (
  id integer primary key,
  send_id integer not null references sends (id),
  account text not null,
  started_at integer not null,
  ended_at integer,
  outcome text,
  detail text
) strict;
insert into attempts select * from attempts_kept;
drop table attempts_kept;
create index attempts_by_time on attempts (started_at, account);
create index attempts_by_send on attempts (send_id);
`;
