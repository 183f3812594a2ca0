/** Link buttons of sends, and the accounts for which the API refused them. */
export const buttons = `
alter table sends add column buttons text;
create table button_refusals (
  account text primary key,
  at integer not null
) strict;
`;
