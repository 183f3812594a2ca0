/** Attempts whose row failed late keep its id, as in 012-late-failures of the embedded store. */
export const lateFailures = `
alter table attempts add column message_id text collate "C";
create index attempts_failed_late on attempts (workspace_id, message_id) where message_id is not null;
alter table blocks add column is_late integer not null default 0;
`;
