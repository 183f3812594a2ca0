/** The page Why reads the actions about an event by their subjects. */
export const auditSubjects = `
create index audit_by_subject on audit (subject);
`;
