/**
 * The last rules without errors of each workspace, used if the files have errors at a start. Workspaces that
 * share rules share a row. `rules_state` is what `status` reports of the active rules.
 */
export const ruleSets = `
create table rule_sets (
  hash text primary key,
  content text not null
);
alter table workspaces add column rule_set text references rule_sets (hash);
alter table workspaces add column rules_state text;
create index workspaces_by_rule_set on workspaces (rule_set);
`;
