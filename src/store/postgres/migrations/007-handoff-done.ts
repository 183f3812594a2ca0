/** Time when the owner marked a handoff as done. */
export const handoffDone = `
alter table handoffs add column done_at bigint;
`;
