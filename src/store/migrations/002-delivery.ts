/** Accounts on hold because Blotato refuses to send for them, and an index of private replies by comment. */
export const delivery = `
create table blocks (
  account text primary key,
  cause text not null,
  detail text not null,
  since integer not null,
  refused_at integer not null,
  refusals integer not null,
  probe_at integer not null
) strict;

create index sends_by_comment on sends (platform_comment_id) where action = 'private_reply';
create index sends_waiting on sends (event_at) where state = 'pending';
`;
