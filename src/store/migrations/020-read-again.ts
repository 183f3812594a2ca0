/** Time from which lists are read again when a missing account is listed again; null while it is listed. */
export const readAgain = `
alter table listed_accounts add column read_from integer;
`;
