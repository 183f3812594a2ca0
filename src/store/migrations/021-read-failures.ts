/** State of reading each list, for the health: when it is due again, and the error of the last poll if it failed. */
export const readFailures = `
alter table cursors add column due_at integer;

create table read_failures (
  resource text primary key,
  failing_since integer not null,
  error text not null,
  key_refused integer not null
) strict;
`;
