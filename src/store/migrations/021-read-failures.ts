/** How reading of each list goes, by which health is judged: when it is due again, and what keeps it from being read. */
export const readFailures = `
alter table cursors add column due_at integer;

create table read_failures (
  resource text primary key,
  failing_since integer not null,
  error text not null,
  key_refused integer not null
) strict;
`;
