/** Results of the work of funnels, such as a fetch, beside the reason of their event, which its sends decide. */
export const workNotes = `
alter table events add column work text;
`;
