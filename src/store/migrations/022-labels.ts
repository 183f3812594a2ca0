/** Judgements of the owner about what a rule with examples would have answered. */
export const labels = `
create table labels (
  event_id text not null,
  rule text not null,
  is_right integer not null,
  labelled_at integer not null,
  primary key (event_id, rule)
) strict;
`;
