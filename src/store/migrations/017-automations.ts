/** Blotato's own automations as they were last read, in one row: what changed in them is reported. */
export const automations = `
create table automations (
  list text primary key,
  read_at integer not null,
  automations text not null
) strict;
`;
