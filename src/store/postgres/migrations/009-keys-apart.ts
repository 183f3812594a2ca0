/**
 * Foreign keys that include the workspace. PostgreSQL checks references without row security, so a row of one
 * workspace could refer to a row of another. The keys are replaced, which adds no index.
 */
export const keysApart = `
alter table attempts drop constraint attempts_send_id_fkey;
alter table sends drop constraint sends_pkey, add primary key (workspace_id, id);
alter table attempts add foreign key (workspace_id, send_id) references sends (workspace_id, id);

alter table runs drop constraint runs_funnel_fkey;
alter table funnels drop constraint funnels_pkey, add primary key (workspace_id, id);
alter table runs add foreign key (workspace_id, funnel) references funnels (workspace_id, id);

alter table told drop constraint told_notice_fkey;
alter table notices drop constraint notices_pkey, add primary key (workspace_id, id);
alter table told add foreign key (workspace_id, notice) references notices (workspace_id, id) on delete cascade;
`;
