/** Texts that people are typing in the dashboard. `event_id` is empty for messages. */
export const typing = `
create table typing (
  account text not null,
  contact_id text not null,
  event_id text not null,
  author text not null,
  page text not null,
  text text not null,
  typed_at integer not null,
  primary key (account, contact_id, event_id, author, page)
) strict;
create index typing_by_event on typing (event_id);
`;
