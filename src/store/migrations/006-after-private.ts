/**
 * Dependence of a public reply on its private reply: sent in any case, or with another text if that fails.
 */
export const afterPrivate = `
alter table sends add column after_private text;
alter table sends add column otherwise text;
`;
