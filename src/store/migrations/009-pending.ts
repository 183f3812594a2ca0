/** The freshest send of an account is found without looking at all that wait. */
export const pending = `
drop index sends_pending;
create index sends_pending on sends (route, account, event_at desc, id) where state = 'pending';
`;
