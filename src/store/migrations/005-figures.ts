/**
 * Indexes for the dashboard: figures of a period from an index alone, the rows of one rule, sends that need
 * attention.
 */
export const figures = `
drop index events_by_at;
create index events_by_at on events (at, rule, reason, account);
create index events_by_rule on events (rule, seq) where rule is not null;
create index events_by_account on events (account, seq);
create index sends_troubled on sends (id) where state in ('failed', 'unknown_outcome');
`;
