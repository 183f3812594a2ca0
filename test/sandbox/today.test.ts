import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.js';
import { type Caller, callerOf } from './caller.js';

const ANN = { id: '7001', name: 'Ann Lee', username: 'ann.lee' };
const BUTTON = { type: 'web_url', title: 'Shop', url: 'https://shop.example' } as const;

let now: number;
let sandbox: Sandbox;
let api: Caller;

beforeEach(async () => {
  now = Date.parse('2026-11-24T10:00:00Z');
  sandbox = await startSandbox({ clock: () => now, limits: null });
  api = callerOf(sandbox);
});

afterEach(async () => {
  expect(sandbox.violations).toEqual([]);
  await sandbox.close();
});

describe('sandbox accounts', () => {
  test('can be filtered by platform, and pages name their account', async () => {
    const { body } = await api.get('/v2/users/me/accounts?platform=facebook');
    expect(body.items.map(({ id }) => id)).toEqual(['43538']);
    const pages = await api.get('/v2/users/me/accounts/43538/subaccounts?platform=facebook');
    expect(pages.body.items).toMatchObject([{ id: '1288852254291983', accountId: '43538', name: 'Lumen' }]);
  });

  test('disappear with their rows, and come back under another id', async () => {
    sandbox.receive({ account: 'shop-ig', contact: ANN, text: 'a' });
    sandbox.trouble.disconnect('shop-ig');
    expect((await api.get('/v2/messages')).body.items).toEqual([]);
    expect((await api.get('/v2/messages?accountId=98434')).status).toBe(404);
    sandbox.trouble.reconnect('shop-ig', '99999');
    expect((await api.get('/v2/messages')).body.items).toMatchObject([{ accountId: '99999' }]);
    expect((await api.get('/v2/users/me/accounts?platform=instagram')).body.items[0]?.id).toBe('99999');
  });
});

describe('a send to the sandbox with buttons', () => {
  test.each([
    [0, 422],
    [1, 201],
    [3, 201],
    [4, 422],
  ])('(%i) gets status %i', async (count, expected) => {
    sandbox.receive({ account: 'shop-ig', contact: ANN, text: 'a' });
    const buttons = Array.from({ length: count }, () => BUTTON);
    const target = { targetType: 'instagram' };
    const send = { accountId: '98434', recipientId: ANN.id, text: 'b', target, buttons };
    const { status, body } = await api.post('/v2/messages', send);
    expect(status).toBe(expected);
    if (status === 201) expect(body).toMatchObject({ buttons });
    expect(sandbox.sends().map((each) => each.buttons)).toEqual(status === 201 ? [buttons] : []);
  });
});

describe("Blotato's own automations in the sandbox", () => {
  test('send the private reply after five seconds, for a case-sensitive part of a text', async () => {
    const id = sandbox.automations.add({ account: 'shop-ig', keywords: ['GUIDE'], dmMessage: 'theirs' });
    const comment = sandbox.comment({ account: 'shop-ig', contact: ANN, text: 'GUIDELINES' });
    sandbox.comment({ account: 'shop-ig', contact: '7002', text: 'guide' });
    now += 4_999;
    expect((await api.get('/v2/messages')).body.items).toEqual([]);
    now += 1;
    expect((await api.get('/v2/messages')).body.items).toMatchObject([
      { text: 'theirs', direction: 'outgoing' },
    ]);
    const target = { targetType: 'instagram', commentId: comment.platformCommentId };
    const ours = { accountId: '98434', recipientId: ANN.id, text: 'ours', target };
    expect((await api.post('/v2/messages', ours)).body.code).toBe(20102);
    expect((await api.get(`/v2/dm-automations/${id}/runs`)).body.items).toMatchObject([
      { contactId: ANN.id, status: 'completed' },
    ]);
  });

  test('are listed with a version that changes with each edit', async () => {
    const id = sandbox.automations.add({ account: 'shop-ig', keywords: ['GUIDE'], dmMessage: 'theirs' });
    const before = (await api.get(`/v2/dm-automations/${id}`)).body;
    expect(before).toMatchObject({ accountId: '98434', isActive: true, triggers: [{ keywords: ['GUIDE'] }] });
    sandbox.automations.change(id, { isActive: false });
    const { items } = (await api.get('/v2/dm-automations')).body;
    expect(items).toMatchObject([{ id, isActive: false, publishedVersionId: `${id}-v2` }]);
    expect((await api.get('/v2/dm-automations/none')).status).toBe(404);
  });
});

describe('sandbox lists of today', () => {
  test('name a cursor on the last page too, and end with an empty page, unlike release 2.0.0', async () => {
    const old = await startSandbox({ clock: () => now, limits: null, release: '2.0.0' });
    for (const each of [sandbox, old]) each.receive({ account: 'shop-ig', contact: ANN, text: 'a' });
    const last = (await api.get('/v2/messages?limit=1')).body;
    expect(last).toMatchObject({ items: [{ text: 'a' }], cursor: expect.any(String) as string });
    expect((await api.get(`/v2/messages?limit=1&cursor=${last.cursor ?? ''}`)).body).toEqual({ items: [] });
    expect((await callerOf(old).get('/v2/messages?limit=1')).body).not.toHaveProperty('cursor');
    await old.close();
  });

  test('refuse a query key that the description of the release does not list', async () => {
    const old = await startSandbox({ clock: () => now, limits: null, release: '2.0.0' });
    for (const [where, path, status, message] of [
      [api, '/v2/messages?accountid=98434', 422, '/query/accountid is not described'],
      [api, '/v2/users/me?platform=facebook', 422, '/query/platform is not described'],
      [api, '/v2/users/me/accounts?platform=facebook', 200, undefined],
      [callerOf(old), '/v2/users/me/accounts?platform=facebook', 422, '/query/platform is not described'],
      [callerOf(old), '/v2/comments?postid=1', 422, '/query/postid is not described'],
    ] as const) {
      const told = await where.get(path);
      expect([path, told.status, told.body.message]).toEqual([path, status, message]);
    }
    await old.close();
  });

  test('of the inbox merge messages and comments of one person and account', async () => {
    const comment = sandbox.comment({ account: 'shop-ig', contact: ANN, text: 'guide?', post: 'p1' });
    now += 1_000;
    sandbox.receive({ account: 'shop-ig', contact: ANN, text: 'hello' });
    sandbox.humanComments({ account: 'shop-ig', text: 'new in', post: 'p1' });
    sandbox.receive({ account: 'shop-fb', contact: '7002', text: 'hi' });
    now += 1_000;
    sandbox.humanComments({ account: 'shop-ig', text: 'here', post: 'p1', parentCommentId: comment.id });
    const chats = (await api.get('/v2/inbox/chats?platform=instagram&platform=facebook')).body.items;
    expect(chats).toMatchObject([{ accountId: '98434', participant: ANN }, { accountId: '43538' }]);
    expect((await api.get('/v2/inbox/chats?accountId=43538')).body.items).toMatchObject([chats[1]]);
    const items = `/v2/inbox/chats/${chats[0]?.id ?? ''}/items`;
    const first = (await api.get(`${items}?limit=2`)).body;
    expect(first.items).toMatchObject([{ text: 'here' }, { type: 'message', text: 'hello' }]);
    const rest = (await api.get(`${items}?cursor=${first.cursor ?? ''}`)).body;
    expect(rest.items).toMatchObject([{ type: 'comment', text: 'guide?' }]);
    expect((await api.get('/v2/inbox/chats/none/items')).status).toBe(404);
  });
});

describe('sandbox faults', () => {
  test.each([
    ['null_text', { text: null }],
    ['null_sender', { senderId: null }],
    ['null_time', { createdAt: null }],
    ['unknown_status', { status: 'archived' }],
    ['text_error_code', { errorCode: '10/2534022' }],
    ['number_ids', { senderId: 7001, accountId: 98434 }],
  ] as const)('change the row by %s', async (oddity, expected) => {
    sandbox.receive({ account: 'shop-ig', contact: ANN, text: 'a' });
    sandbox.trouble.oddRows((_row, route) => (route === 'GET /v2/messages' ? oddity : null));
    expect((await api.get('/v2/messages')).body.items).toMatchObject([expected]);
  });

  test('shift the Date header', async () => {
    sandbox.trouble.dateAhead(8_000);
    const { headers } = await api.get('/v2/users/me');
    expect(headers.get('date')).toBe('Tue, 24 Nov 2026 10:00:08 GMT');
  });
});
