/** The dashboard counts webhooks that were given up at each look, among all that were ever told. */
export const sums = `
create index webhooks_dead on webhooks (workspace_id, id) where state = 'dead';
`;
