/** Until when what a human wrote to a contact keeps nobody silent any more, because the owner ended it. */
export const humanEnds = `
create table human_ends (
  account text not null,
  contact_id text not null,
  at integer not null,
  primary key (account, contact_id)
) strict;
`;
