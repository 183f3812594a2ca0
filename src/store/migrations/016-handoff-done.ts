/** When the owner marked a call for a human as done. */
export const handoffDone = `
alter table handoffs add column done_at integer;
`;
