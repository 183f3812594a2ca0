import { DAY } from '../../domain/time.js';

/**
 * What the dashboard sums up at each look: webhooks that were given up, among all that were ever told, and ways through
 * funnels in the order in which they are summed. The second does for looks by rule as well.
 */
export const sums = `
create index webhooks_dead on webhooks (id) where state = 'dead';
create index runs_figures on runs (rule, started_at / ${DAY}, step, outcome,
  case when outcome = 'refused' then detail end, started_at, sent_at, answered_at);
drop index runs_by_rule;
`;
