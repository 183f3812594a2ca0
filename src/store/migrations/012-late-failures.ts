/**
 * An attempt whose row failed late keeps the id of that row, since the send is made again under another id. A
 * hold that began with a late failure is not lifted by a POST that was merely accepted.
 */
export const lateFailures = `
alter table attempts add column message_id text;
create index attempts_failed_late on attempts (message_id) where message_id is not null;
alter table blocks add column is_late integer not null default 0;
`;
