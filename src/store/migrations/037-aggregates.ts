import { HOUR } from '../../domain/time.js';

/** Indexes in the order in which the dashboard's first pages group a long journal, and many runs of funnels. */
export const aggregates = `
create index events_by_hour on events (at / ${HOUR}, rule, reason, account, at);
create index runs_places on runs (rule, funnel, step, outcome, started_at);
`;
