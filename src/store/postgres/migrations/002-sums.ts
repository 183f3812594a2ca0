/** Index for the dashboard: dead webhooks among all webhooks. */
export const sums = `
create index webhooks_dead on webhooks (workspace_id, id) where state = 'dead';
`;
