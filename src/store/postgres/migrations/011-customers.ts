/** The fingerprint of each workspace's key and accounts, and which workspaces each running worker serves. */
export const customers = `
alter table workspaces add column customer text;
alter table workers add column workspaces integer[];
`;
