/** Counterpart of 036-dead-links of the embedded store. */
export const deadLinks = `
create table dead_links (
  url text collate "C" not null,
  since bigint not null,
  noted_at bigint,
  workspace_id integer not null default workspace() references workspaces (id),
  primary key (workspace_id, url)
);
alter table dead_links enable row level security;
alter table dead_links force row level security;
create policy own_workspace on dead_links using (workspace_id = workspace());
create table link_checks (
  name text collate "C" not null,
  at bigint not null,
  workspace_id integer not null default workspace() references workspaces (id),
  primary key (workspace_id, name)
);
alter table link_checks enable row level security;
alter table link_checks force row level security;
create policy own_workspace on link_checks using (workspace_id = workspace());
`;
