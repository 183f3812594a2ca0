/**
 * Each workspace's customer fingerprint (key and accounts), and the workspaces that each running worker
 * serves.
 */
export const customers = `
alter table workspaces add column customer text;
alter table workers add column workspaces integer[];
`;
