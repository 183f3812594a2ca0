/** The fingerprint of the key and the accounts that the store belongs to, in one row. */
export const customer = `
create table customer (
  fingerprint text not null
) strict;
`;
