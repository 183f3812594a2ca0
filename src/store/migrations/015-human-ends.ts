/** Time until which the owner ended the pause caused by a human's messages to a contact. */
export const humanEnds = `
create table human_ends (
  account text not null,
  contact_id text not null,
  at integer not null,
  primary key (account, contact_id)
) strict;
`;
