/** Blotato's own automations as last read, in one row, to detect changes. */
export const automations = `
create table automations (
  list text primary key,
  read_at integer not null,
  automations text not null
) strict;
`;
