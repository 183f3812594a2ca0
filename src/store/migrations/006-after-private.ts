/** How a public answer depends on its private reply: sent whatever becomes of that, or with another text when it fails. */
export const afterPrivate = `
alter table sends add column after_private text;
alter table sends add column otherwise text;
`;
