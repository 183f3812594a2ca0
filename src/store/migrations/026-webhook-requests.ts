/** Method, further headers and rendered address of webhooks; without a rendered address, `url` is it. */
export const webhookRequests = `
alter table webhooks add column target text;
alter table webhooks add column method text not null default 'POST';
alter table webhooks add column headers text not null default '{}';
`;
