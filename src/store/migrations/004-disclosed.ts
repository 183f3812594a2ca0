/** Index for the time of the last disclosure to a contact, which avoids reading all sends to them. */
export const disclosed = `
create index sends_disclosed on sends (account, contact_id, created_at) where disclosed = 1;
`;
