/** The fingerprint of the store's customer (key and accounts), in one row. */
export const customer = `
create table customer (
  fingerprint text not null
) strict;
`;
