/** How far back lists are read again when an account that went missing is listed again. Null while it is listed. */
export const readAgain = `
alter table listed_accounts add column read_from integer;
`;
