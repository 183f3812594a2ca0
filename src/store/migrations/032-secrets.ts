/** Random keys that the program makes for itself, such as the one that signs links. */
export const secrets = `
create table secrets (
  name text primary key,
  value text not null
) strict;
`;
