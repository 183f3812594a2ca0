/** A pause set by a rule applies to later events, not to the replies of the rule itself. */
export const ownPause = `
alter table pauses add column event_id text;
`;
