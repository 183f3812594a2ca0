import { DAY } from '../../domain/time.js';

/**
 * Indexes for dashboard aggregates: dead webhooks among all webhooks, and funnel runs in the order of
 * aggregation. The second also covers queries by rule.
 */
export const sums = `
create index webhooks_dead on webhooks (id) where state = 'dead';
create index runs_figures on runs (rule, started_at / ${DAY}, step, outcome,
  case when outcome = 'refused' then detail end, started_at, sent_at, answered_at);
drop index runs_by_rule;
`;
