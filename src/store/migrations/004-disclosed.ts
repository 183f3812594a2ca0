/** When a contact was told last that a program answers, without a look at all that they were sent. */
export const disclosed = `
create index sends_disclosed on sends (account, contact_id, created_at) where disclosed = 1;
`;
