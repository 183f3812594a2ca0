/** The branch of a split that each contact took. */
export const branches = `
create table branches (
  rule text not null,
  split text not null,
  account text not null,
  contact_id text not null,
  branch text not null,
  at integer not null,
  primary key (rule, split, account, contact_id)
) strict;
create index branches_by_time on branches (at);
`;
