/**
 * Reminders of questions: the time from the question to the next one, and the number made. `waited` counts the waits
 * of a run that are over.
 */
export const reminders = `
alter table runs add column remind_after integer;
alter table runs add column reminded integer not null default 0;
alter table runs add column waited integer not null default 0;
create index runs_remind on runs (asked_at + remind_after) where state = 'waiting' and remind_after is not null;
alter table sends add column reminds integer not null default 0;
`;
