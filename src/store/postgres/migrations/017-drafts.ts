/** Counterpart of 023-drafts of the embedded store. */
export const drafts = `
alter table sends add column drafted_at bigint;
alter table sends add column original text;
alter table sends add column edits integer not null default 0;
alter table sends add column approved_at bigint;
alter table sends add column approved_by text;
create index sends_awaiting on sends (workspace_id, check_at) where state = 'awaiting_approval';
create index sends_drafted on sends (workspace_id, drafted_at, rule) where drafted_at is not null;
`;
