/** Actions of people: who, with which role, to what. Holds no text and no contact. */
export const audit = `
create table audit (
  id integer primary key,
  at integer not null,
  by text not null,
  role text not null,
  action text not null,
  subject text not null
) strict;
`;
