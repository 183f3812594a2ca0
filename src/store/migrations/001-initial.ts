/** Initial schema. Times are milliseconds since 1970; states and reasons are those of src/domain. */
export const initial = `
create table cursors (
  resource text not null,
  platform text not null,
  mark_at integer not null,
  polled_at integer not null,
  primary key (resource, platform)
) strict;

create table walks (
  resource text primary key,
  platforms text not null,
  page_token text not null,
  newest_at integer not null
) strict;

create table conversations (
  id text primary key,
  account_id text not null,
  participants text not null
) strict;

create table own_ids (
  account text not null,
  platform_id text not null,
  primary key (account, platform_id)
) strict;

create table events (
  seq integer primary key,
  id text not null unique,
  kind text not null,
  platform text not null,
  account text,
  source_id text not null,
  conversation_id text,
  contact_id text not null,
  contact_name text,
  contact_username text,
  text text not null,
  at integer not null,
  read_at integer not null,
  direction text not null,
  before_start integer not null,
  post_id text,
  platform_post_id text,
  platform_comment_id text,
  parent_id text,
  rule text,
  reason text,
  detail text,
  trace text,
  decided_at integer
) strict;
create index events_undecided on events (at, id) where reason is null;
create index events_by_contact on events (account, contact_id, direction, at);
create index events_by_parent on events (parent_id) where parent_id is not null;
create index events_by_at on events (at);
create index events_by_reason on events (reason, seq);

create table sends (
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
  unique (event_id, rule, action)
) strict;
-- One comment has one private reply, whichever rule spends it.
create unique index sends_private_reply on sends (account, platform_comment_id)
  where action = 'private_reply' and state not in ('stopped', 'discarded');
create index sends_by_message on sends (route, message_id) where message_id is not null;
create index sends_pending on sends (route, event_at desc) where state = 'pending';
create index sends_sending on sends (id) where state = 'sending';
create index sends_lane on sends (lane, id) where state in ('pending', 'sending', 'ambiguous');
create index sends_look on sends (check_at) where state in ('ambiguous', 'accepted');
create index sends_by_contact on sends (account, contact_id);

create table attempts (
  id integer primary key,
  send_id integer not null references sends (id),
  account text not null,
  started_at integer not null,
  ended_at integer,
  outcome text,
  detail text
) strict;
create index attempts_by_time on attempts (started_at, account);
create index attempts_by_send on attempts (send_id);

-- Every call of ours that a budget counts; older than an hour is of no use.
create table calls (
  route text not null,
  at integer not null
) strict;
create index calls_by_route on calls (route, at);

-- The memory of cooldowns: survives edits of the rule, and the deletion of texts. Shadow answers count for shadow only.
create table answers (
  account text not null,
  contact_id text not null,
  rule text not null,
  conversation_id text,
  post_id text,
  event_id text not null,
  mode text not null,
  at integer not null,
  primary key (event_id, rule, mode)
) strict;
create index answers_by_contact on answers (account, contact_id, mode, at);

create table opt_outs (
  account text not null,
  contact_id text not null,
  at integer not null,
  primary key (account, contact_id)
) strict;

create table pauses (
  scope text primary key,
  until integer
) strict;
`;
