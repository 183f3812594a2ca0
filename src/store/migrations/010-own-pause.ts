/** A pause that a rule sets holds back what comes after, and not what the rule says itself. */
export const ownPause = `
alter table pauses add column event_id text;
`;
