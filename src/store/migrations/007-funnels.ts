/** Contact data, funnel runs, webhooks and handoffs. */
export const funnels = `
create table contacts (
  account text not null,
  contact_id text not null,
  tags text not null,
  fields text not null,
  changed_at integer not null,
  primary key (account, contact_id)
) strict;

-- The steps as they were when a contact began: who is on the way finishes what they started.
create table funnels (
  id integer primary key,
  steps text not null unique
) strict;

create table runs (
  id integer primary key,
  rule text not null,
  funnel integer not null references funnels (id),
  account text not null,
  contact_id text not null,
  event_id text not null,
  last_event text not null,
  post_id text,
  step integer,
  wrong integer not null,
  within integer not null,
  state text not null,
  outcome text,
  detail text,
  match text not null,
  started_at integer not null,
  sent_at integer,
  asked_at integer,
  deadline integer,
  answered_at integer,
  ended_at integer
) strict;
-- At most one funnel waits for a contact.
create unique index runs_waiting on runs (account, contact_id) where state in ('asking', 'waiting');
create index runs_deadline on runs (deadline) where state = 'waiting';
create index runs_by_event on runs (last_event, rule);
create index runs_by_rule on runs (rule, started_at);
create index runs_by_contact on runs (account, contact_id, id);

create table webhooks (
  id integer primary key,
  key text not null unique,
  event_id text not null,
  rule text not null,
  account text not null,
  contact_id text not null,
  url text not null,
  secret text,
  body text not null,
  state text not null,
  detail text,
  attempts integer not null default 0,
  not_before integer not null,
  created_at integer not null,
  ended_at integer
) strict;
create index webhooks_pending on webhooks (not_before) where state = 'pending';
create index webhooks_by_event on webhooks (event_id);

create table handoffs (
  id integer primary key,
  event_id text not null,
  rule text not null,
  account text not null,
  contact_id text not null,
  note text,
  at integer not null,
  until integer
) strict;
create index handoffs_by_contact on handoffs (account, contact_id);

-- Rules that wait for the first post after they went live, and which one it was.
create table next_posts (
  rule text not null,
  account text not null,
  since integer not null,
  post_id text,
  bound_at integer,
  primary key (rule, account)
) strict;
create index next_posts_by_post on next_posts (account, post_id) where post_id is not null;
create index events_by_post on events (coalesce(post_id, platform_post_id), at) where kind = 'comment';
`;
