/** Counterpart of 031-audit-subjects of the embedded store. */
export const auditSubjects = `
create index audit_by_subject on audit (workspace_id, subject);
`;
