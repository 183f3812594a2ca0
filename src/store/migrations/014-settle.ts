/** Due time of messages that wait for their contact to pause. */
export const settle = `
alter table events add column settle_at integer;
create index events_settling on events (settle_at) where settle_at is not null and reason is null;
`;
