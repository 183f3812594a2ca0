/** Sends that wait for a person: the text as composed if it was edited, the number of edits, and who approved it. */
export const drafts = `
alter table sends add column drafted_at integer;
alter table sends add column original text;
alter table sends add column edits integer not null default 0;
alter table sends add column approved_at integer;
alter table sends add column approved_by text;
create index sends_awaiting on sends (check_at) where state = 'awaiting_approval';
create index sends_drafted on sends (drafted_at, rule) where drafted_at is not null;
`;
