/** Due time of messages that wait for their contact to pause. */
export const settle = `
alter table events add column settle_at bigint;
create index events_settling on events (workspace_id, settle_at) where settle_at is not null and reason is null;
`;
