/**
 * Links that the last check found dead, and the times of the checks. `since` is the check that found the link dead first;
 * `noted_at` is null until a later one confirmed it and the owner's notice was stored.
 */
export const deadLinks = `
create table dead_links (
  url text primary key,
  since integer not null,
  noted_at integer
) strict;
create table link_checks (
  name text primary key,
  at integer not null
) strict;
`;
