/** Counterpart of 029-reminders of the embedded store. */
export const reminders = `
alter table runs add column remind_after bigint;
alter table runs add column reminded integer not null default 0;
alter table runs add column waited integer not null default 0;
create index runs_remind on runs (workspace_id, (asked_at + remind_after)) where state = 'waiting' and remind_after is not null;
alter table sends add column reminds integer not null default 0;
`;
