/** Time from which lists are read again, as in 020-read-again of the embedded store. */
export const readAgain = `
alter table listed_accounts add column read_from bigint;
`;
