/** Counterpart of 033-work-notes of the embedded store. */
export const workNotes = `
alter table events add column work text;
`;
