/** Index that finds the newest send of an account without reading all that wait. */
export const pending = `
drop index sends_pending;
create index sends_pending on sends (route, account, event_at desc, id) where state = 'pending';
`;
