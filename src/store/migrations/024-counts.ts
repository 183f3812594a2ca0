/** Decisions and attempts since the store exists, for counters that neither a restart nor retention sets back. */
export const counts = `
create table counts (
  metric text not null,
  subject text not null,
  platform text not null,
  account text not null,
  result text not null,
  n integer not null,
  primary key (metric, subject, platform, account, result)
) strict;
`;
