import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/server.js';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/server.js';
import { callerOf } from './caller.js';
import type { Caller } from './caller.js';

const START = Date.parse('2026-11-24T10:00:00Z');
const ANN = { id: '7001', name: 'Ann Lee', username: 'ann.lee' };
const PAGE = '1288852254291983';

let now = START;
let sandbox: Sandbox;
let api: Caller;

async function restart(options: Partial<SandboxOptions> = {}): Promise<void> {
  await sandbox.close();
  await start(options);
}

async function start(options: Partial<SandboxOptions> = {}): Promise<void> {
  sandbox = await startSandbox({ clock: () => now, queuedFor: 1_000, limits: null, ...options });
  api = callerOf(sandbox);
}

function toInstagram(text: string, more: object = {}): object {
  return { accountId: '98434', recipientId: ANN.id, text, target: { targetType: 'instagram', ...more } };
}

beforeEach(async () => {
  now = START;
  await start();
});

afterEach(async () => {
  expect(sandbox.violations).toEqual([]);
  await sandbox.close();
});

describe('the lists of the sandbox', () => {
  test('show a received message, with its direction except in release 2.0.0', async () => {
    sandbox.receive({ account: 'shop-ig', contact: ANN, text: 'how much?' });
    const { status, body } = await api.get('/v2/messages');
    expect(status).toBe(200);
    expect(body.cursor).toEqual(expect.any(String));
    expect(body.items).toHaveLength(1);
    expect(body.items[0]!).toMatchObject({ senderId: ANN.id, recipientId: '1784140', text: 'how much?' });
    expect(body.items[0]!).toMatchObject({ direction: 'incoming' });
    await restart({ release: '2.0.0' });
    sandbox.receive({ account: 'shop-ig', contact: ANN, text: 'how much?' });
    expect((await api.get('/v2/messages')).body.items[0]).not.toHaveProperty('direction');
  });

  test('show the author of a message when the newer fields are on', async () => {
    await restart();
    const { id } = sandbox.receive({ account: 'shop-ig', contact: ANN, text: 'how much?' });
    sandbox.humanWrites({ account: 'shop-ig', contact: ANN, text: 'hello' });
    const { body } = await api.get('/v2/messages');
    expect(body.items.map((row) => row.direction).sort()).toEqual(['incoming', 'outgoing']);
    expect((await api.get(`/v2/messages/${id}`)).body).toMatchObject({ id, direction: 'incoming' });
  });

  test('have no route for a single message in release 2.0.0', async () => {
    await restart({ release: '2.0.0' });
    const { id } = sandbox.receive({ account: 'shop-ig', contact: ANN, text: 'how much?' });
    expect((await api.get(`/v2/messages/${id}`)).status).toBe(404);
  });

  test('can be read by cursor, one message at a time', async () => {
    const ids = Array.from(
      { length: 5 },
      () => sandbox.receive({ account: 'shop-ig', contact: ANN, text: 'a' }).id,
    );
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await api.get(
        `/v2/messages?limit=1${cursor === undefined ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...body.items.map(({ id }) => id));
      cursor = body.cursor;
    } while (cursor !== undefined);
    expect(seen).toEqual([...ids].sort().reverse());
  });

  test("return no more rows than the server's maximum", async () => {
    await restart({ pageSizeMost: 2 });
    for (const text of ['a', 'b', 'c']) sandbox.receive({ account: 'shop-ig', contact: ANN, text });
    expect((await api.get('/v2/messages?limit=250')).body.items).toHaveLength(2);
  });

  test('filter by several platforms, by account and by conversation', async () => {
    const row = sandbox.receive({ account: 'shop-ig', contact: ANN, text: 'ig' });
    sandbox.receive({ account: 'shop-fb', contact: '1', text: 'fb' });
    sandbox.receive({ account: 'shop-x', contact: '2', text: 'x' });
    const texts = async (query: string): Promise<string[]> => {
      const { body } = await api.get(`/v2/messages?${query}`);
      return body.items.map(({ text }) => text).sort();
    };
    expect(await texts('platform=instagram&platform=facebook')).toEqual(['fb', 'ig']);
    expect(await texts('platform=twitter')).toEqual(['x']);
    expect(await texts('accountId=43538')).toEqual(['fb']);
    expect(await texts(`conversationId=${row.conversationId}`)).toEqual(['ig']);
    expect(await texts('conversationId=nobody')).toEqual([]);
    expect((await api.get('/v2/messages?accountId=1')).status).toBe(404);
  });

  test('hide a message until its visible time', async () => {
    sandbox.receive({
      account: 'shop-ig',
      contact: ANN,
      text: 'late',
      at: START - 5_000,
      visibleAfter: 2_000,
    });
    expect((await api.get('/v2/messages')).body.items).toEqual([]);
    expect((await api.get('/v2/conversations')).body.items).toEqual([]);
    now += 2_000;
    expect((await api.get('/v2/messages')).body.items[0]!.createdAt).toBe('2026-11-24T09:59:55.000Z');
  });

  test('put the conversation with the latest message first, its account among the participants', async () => {
    sandbox.receive({ account: 'shop-ig', contact: ANN, text: 'first' });
    now += 1_000;
    sandbox.receive({ account: 'shop-fb', contact: { id: '8', name: 'Bo' }, text: 'second' });
    now += 1_000;
    sandbox.receive({ account: 'shop-ig', contact: ANN, text: 'third' });
    const { body } = await api.get('/v2/conversations');
    expect(body.items.map((row) => row.accountId)).toEqual(['98434', '43538']);
    expect(body.items[0]!.participants).toEqual([
      { id: '1784140', name: 'Lumen', username: 'lumen.shop', profileImageUrl: null },
      { ...ANN, profileImageUrl: null },
    ]);
    const { id } = body.items[0]!;
    expect((await api.get(`/v2/conversations/${id}`)).body).toEqual(body.items[0]!);
    expect((await api.get('/v2/conversations/none')).status).toBe(404);
  });

  test('drop a deleted message, and continue at the cursor', async () => {
    const rows = ['a', 'b', 'c'].map((text) => {
      now += 1_000;
      return sandbox.receive({ account: 'shop-ig', contact: ANN, text });
    });
    const { body } = await api.get('/v2/messages?limit=2');
    expect(sandbox.world.deleteMessage(rows[1]!.id)).toBe(true);
    const rest = await api.get(`/v2/messages?limit=2&cursor=${body.cursor ?? ''}`);
    expect(rest.body.items.map(({ text }) => text)).toEqual(['a']);
  });

  test('list the accounts and the Facebook page', async () => {
    const { body } = await api.get('/v2/users/me/accounts');
    expect(body.items.map((row) => row.platform)).toEqual(['instagram', 'facebook', 'twitter', 'bluesky']);
    expect((await api.get('/v2/users/me')).status).toBe(200);
    expect((await api.get('/v2/users/me/accounts/43538/subaccounts')).body.items).toMatchObject([
      { id: PAGE },
    ]);
    expect((await api.get('/v2/users/me/accounts/98434/subaccounts')).body.items).toEqual([]);
    expect((await api.get('/v2/users/me/accounts/1/subaccounts')).status).toBe(404);
  });
});

describe('an invalid request to the sandbox', () => {
  test('is refused without the key', async () => {
    expect((await callerOf(sandbox, 'wrong').get('/v2/users/me')).status).toBe(401);
  });

  test.each([
    ['a limit of 0', '/v2/messages?limit=0'],
    ['a limit above 250', '/v2/messages?limit=251'],
    ['a limit in words', '/v2/messages?limit=many'],
    ['an unknown platform', '/v2/messages?platform=myspace'],
    ['an undocumented parameter', '/v2/messages?page=2'],
    ['an invalid cursor', '/v2/messages?cursor=abc'],
    ['an invalid time', '/v2/comments?since=yesterday'],
  ])('is refused for %s', async (_what, path) => {
    expect((await api.get(path)).status).toBe(422);
  });

  test.each([
    ['no target', { accountId: '98434', recipientId: '7001', text: 'a' }],
    ['an empty text', toInstagram('')],
    ['a text over 10,000 characters', toInstagram('a'.repeat(10_001))],
    ['a number for a text', { ...toInstagram('a'), text: 5 }],
    ['a target on Bluesky', { ...toInstagram('a'), target: { targetType: 'bluesky' } }],
    ['a page id that is no number', { ...toInstagram('a'), target: { targetType: 'facebook', pageId: 'x' } }],
    [
      'a target of another platform than the account',
      { ...toInstagram('a'), target: { targetType: 'twitter' } },
    ],
    ['a tag that is missing', toInstagram('a', { responseType: 'MESSAGE_TAG' })],
    ['a recipient whom the account does not know', { ...toInstagram('a'), recipientId: '1' }],
    [
      'a Facebook send without a page',
      { accountId: '43538', recipientId: '8', text: 'a', target: { targetType: 'facebook' } },
    ],
    [
      'a Facebook send from another page',
      { accountId: '43538', recipientId: '8', text: 'a', target: { targetType: 'facebook', pageId: '1' } },
    ],
    [
      'a Facebook text over 2,000 characters',
      {
        accountId: '43538',
        recipientId: '8',
        text: 'é'.repeat(2_001),
        target: { targetType: 'facebook', pageId: PAGE },
      },
    ],
    [
      'a private reply on X',
      { accountId: '51207', recipientId: '9', text: 'a', target: { targetType: 'twitter', commentId: '1' } },
    ],
    ['something that is no object', 'hello'],
  ])('is refused for a send with %s', async (_what, body) => {
    sandbox.receive({ account: 'shop-ig', contact: ANN, text: 'x' });
    sandbox.receive({ account: 'shop-fb', contact: '8', text: 'x' });
    sandbox.receive({ account: 'shop-x', contact: '9', text: 'x' });
    const { status, body: told } = await api.post('/v2/messages', body);
    expect(status).toBe(422);
    expect(told.message).toMatch(/\w/u);
    expect(sandbox.sends()).toEqual([]);
  });

  test('is refused when its body is not JSON', async () => {
    const response = await fetch(`${sandbox.url}/v2/messages`, {
      method: 'POST',
      body: '{"accountId":',
      headers: { 'blotato-api-key': sandbox.apiKey, 'content-type': 'application/json' },
    });
    expect(response.status).toBe(422);
  });

  test('gets 404 for an unknown account or route', async () => {
    expect((await api.post('/v2/messages', { ...toInstagram('a'), accountId: '1' })).status).toBe(404);
    expect((await api.get('/v2/posts')).status).toBe(404);
  });
});

describe('a send to the sandbox', () => {
  test('is queued, processing, sent, and on Facebook delivered', async () => {
    sandbox.receive({ account: 'shop-ig', contact: ANN, text: 'a' });
    sandbox.receive({ account: 'shop-fb', contact: '8', text: 'a' });
    const target = { targetType: 'facebook', pageId: PAGE };
    const first = await api.post('/v2/messages', toInstagram('20 EUR'));
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ status: 'queued', senderId: '1784140', recipientId: ANN.id });
    await api.post('/v2/messages', { accountId: '43538', recipientId: '8', text: '20 EUR', target });
    const seen = [];
    for (const wait of [999, 1, 999, 1, 1_000]) {
      now += wait;
      seen.push(sandbox.sends().map(({ status }) => status));
    }
    expect(seen).toEqual([
      ['queued', 'queued'],
      ['processing', 'processing'],
      ['processing', 'processing'],
      ['sent', 'sent'],
      ['sent', 'delivered'],
    ]);
    const { body } = await api.get(`/v2/messages?conversationId=${first.body.conversationId ?? ''}`);
    expect(body.items[0]!).toMatchObject({ id: first.body.id, status: 'sent' });
  });

  test('shows up in the lists after a delay', async () => {
    await restart({ visibleAfter: 3_000 });
    sandbox.receive({ account: 'shop-ig', contact: ANN, text: 'a' });
    await api.post('/v2/messages', toInstagram('20 EUR'));
    expect((await api.get('/v2/messages')).body.items).toHaveLength(1);
    now += 3_000;
    expect((await api.get('/v2/messages')).body.items).toHaveLength(2);
  });

  test('is accepted and fails later when an Instagram text has over 1,000 bytes', async () => {
    sandbox.receive({ account: 'shop-ig', contact: ANN, text: 'a' });
    const { status, body } = await api.post('/v2/messages', toInstagram('é'.repeat(501)));
    expect([status, body.status, body.errorCode]).toEqual([201, 'queued', null]);
    now += 2_000;
    const row = (await api.get('/v2/messages')).body.items[0]!;
    expect(row).toMatchObject({ id: body.id, status: 'failed', errorCode: 100 });
    expect(row.errorMessage).toContain('1000 bytes');
  });

  test('fails later when the person wrote more than 24 hours ago', async () => {
    sandbox.receive({ account: 'shop-ig', contact: ANN, text: 'a' });
    now += 24 * 3_600_000;
    await api.post('/v2/messages', toInstagram('in time'));
    now += 1;
    await api.post('/v2/messages', toInstagram('late'));
    now += 2_000;
    expect(sandbox.sends().map(({ status }) => status)).toEqual(['sent', 'failed']);
  });
});

describe('a private reply in the sandbox', () => {
  function replyTo(commentId: string | null, more: object = {}): object {
    return { ...toInstagram('Here it is', { commentId }), ...more };
  }

  test('is accepted once per comment, and creates a conversation that the 201 does not name yet', async () => {
    const { platformCommentId } = sandbox.comment({ account: 'shop-ig', contact: ANN, text: 'GUIDE' });
    const first = await api.post('/v2/messages', replyTo(platformCommentId));
    expect(first.status).toBe(201);
    expect(first.body.conversationId).toBeNull();
    const again = await api.post('/v2/messages', replyTo(platformCommentId));
    expect([again.status, again.body.code]).toEqual([422, 20102]);
    expect(again.body.message).toContain('already has a reply');
    const { body } = await api.get('/v2/messages');
    expect(body.items).toHaveLength(1);
    expect(
      (await api.get(`/v2/conversations/${body.items[0]!.conversationId ?? ''}`)).body.participants[1],
    ).toMatchObject(ANN);
    expect(sandbox.sends()).toMatchObject([
      { kind: 'message', commentId: platformCommentId, recipientId: ANN.id },
    ]);
  });

  test('is refused when another tool replied first', async () => {
    const { id, platformCommentId } = sandbox.comment({ account: 'shop-ig', contact: ANN, text: 'GUIDE' });
    sandbox.world.spendPrivateReply(id);
    expect((await api.post('/v2/messages', replyTo(platformCommentId))).body.code).toBe(20102);
  });

  test('needs no earlier message of the person, unlike a direct message', async () => {
    const { platformCommentId } = sandbox.comment({ account: 'shop-ig', contact: ANN, text: 'GUIDE' });
    await api.post('/v2/messages', replyTo(platformCommentId));
    await api.post('/v2/messages', toInstagram('and more'));
    now += 5_000;
    expect(sandbox.sends().map(({ status }) => status)).toEqual(['sent', 'failed']);
  });

  test('is refused for an unknown, old, deleted or own comment, and to another person', async () => {
    const status = async (commentId: string | null, more: object = {}): Promise<number> =>
      (await api.post('/v2/messages', replyTo(commentId, more))).status;
    const old = sandbox.comment({
      account: 'shop-ig',
      contact: ANN,
      text: 'GUIDE',
      at: START - 7 * 86_400_000 - 1,
    });
    const gone = sandbox.comment({ account: 'shop-ig', contact: ANN, text: 'GUIDE' });
    sandbox.world.deleteComment(gone.id);
    const own = sandbox.humanComments({ account: 'shop-ig', text: 'Write GUIDE' });
    const good = sandbox.comment({ account: 'shop-ig', contact: ANN, text: 'GUIDE' });
    expect(await status('nothing')).toBe(404);
    expect(await status(old.platformCommentId)).toBe(422);
    expect(await status(gone.platformCommentId)).toBe(422);
    expect(await status(own.platformCommentId, { recipientId: '1784140' })).toBe(422);
    expect(await status(good.platformCommentId, { recipientId: '1' })).toBe(422);
    expect(await status(good.platformCommentId)).toBe(201);
  });
});

describe('comments in the sandbox', () => {
  test('are listed newest first with author and post', async () => {
    const guide = sandbox.comment({ account: 'shop-ig', contact: ANN, text: 'GUIDE' });
    now += 1_000;
    sandbox.comment({ account: 'shop-fb', contact: '8', text: 'nice', post: '900' });
    now += 1_000;
    sandbox.comment({ account: 'shop-ig', contact: ANN, text: 'elsewhere', post: null });
    now += 1_000;
    sandbox.humanComments({ account: 'shop-ig', parentCommentId: guide.id, text: 'sent!' });
    const texts = async (query: string): Promise<string[]> => {
      const { body } = await api.get(`/v2/comments?${query}`);
      return body.items.map(({ text }) => text);
    };
    expect(await texts('')).toEqual(['sent!', 'elsewhere', 'nice', 'GUIDE']);
    expect(await texts('postId=501')).toEqual(['sent!', 'GUIDE']);
    expect(await texts('platform=facebook')).toEqual(['nice']);
    expect(await texts(`parentCommentId=${guide.id}`)).toEqual(['sent!']);
    expect(await texts('since=2026-11-24T10:00:01Z&until=2026-11-24T11:00:02%2B01:00')).toEqual([
      'elsewhere',
      'nice',
    ]);
    expect(guide).toMatchObject({ postId: '501', authorId: ANN.id, isAuthor: false, status: 'posted' });
    expect((await api.get(`/v2/comments/${guide.id}`)).body).toEqual(guide);
    expect((await api.get('/v2/comments/none')).status).toBe(404);
  });

  test('sent by us are queued without a platform id, then posted', async () => {
    const guide = sandbox.comment({ account: 'shop-ig', contact: ANN, text: 'GUIDE' });
    const told = await api.post('/v2/comments', {
      postId: '501',
      text: 'Check your DMs!',
      parentCommentId: guide.id,
    });
    expect(told.status).toBe(201);
    expect(told.body).toMatchObject({ status: 'queued', platformCommentId: null, isAuthor: true });
    now += 2_000;
    const { body } = await api.get(`/v2/comments/${told.body.id}`);
    expect(body.status).toBe('posted');
    expect(body.platformCommentId).toMatch(/\d/u);
    expect(sandbox.sends()).toMatchObject([{ kind: 'comment', parentCommentId: guide.id, postId: '501' }]);
  });

  test.each([
    ['an unknown post', 404, { postId: '1', text: 'a' }],
    ['an unknown comment', 404, { postId: '501', text: 'a', parentCommentId: 'none' }],
    ['a text over 2,200 characters on Instagram', 422, { postId: '501', text: 'a'.repeat(2_201) }],
    ['no text', 422, { postId: '501' }],
  ])('are refused for %s', async (_what, status, body) => {
    sandbox.comment({ account: 'shop-ig', contact: ANN, text: 'GUIDE' });
    expect((await api.post('/v2/comments', body)).status).toBe(status);
  });

  test('refuse a reply to a reply, and one on another post', async () => {
    const parent = sandbox.comment({ account: 'shop-ig', contact: ANN, text: 'GUIDE' });
    const reply = sandbox.comment({ account: 'shop-ig', contact: '3', text: 'me too', parent: parent.id });
    sandbox.comment({ account: 'shop-ig', contact: '3', text: 'x', post: '777' });
    const status = async (body: object): Promise<number> => (await api.post('/v2/comments', body)).status;
    expect(await status({ postId: '501', text: 'a', parentCommentId: reply.id })).toBe(422);
    expect(await status({ postId: '777', text: 'a', parentCommentId: parent.id })).toBe(422);
  });
});

describe('limits and faults of the sandbox', () => {
  test('return 429 and Retry-After over the limit', async () => {
    await restart({ limits: { sendsPerMinute: 1, readsPerMinute: 2 } });
    await api.get('/v2/messages');
    now += 500;
    await api.get('/v2/messages');
    const { status, headers } = await api.get('/v2/messages');
    expect([status, headers.get('retry-after')]).toEqual([429, '60']);
    expect((await api.get('/v2/conversations')).status).toBe(200);
    expect(sandbox.calls()).toEqual({
      'GET /v2/messages': { 200: 2, 429: 1 },
      'GET /v2/conversations': { 200: 1 },
    });
  });

  test.each([
    ['drop_before', 0, 'no answer'],
    ['drop_after', 1, 'no answer'],
    ['error_500_before', 0, 500],
    ['error_500_after', 1, 500],
    ['rate_limit', 0, 429],
    ['garbage', 1, 'no answer'],
    ['none', 1, 201],
  ] as const)('with %s accept the send %i times, and return %s', async (fault, accepted, outcome) => {
    sandbox.receive({ account: 'shop-ig', contact: ANN, text: 'a' });
    sandbox.fault(({ method, path }) => (method === 'POST' && path === '/v2/messages' ? fault : 'none'));
    const told = await api.post('/v2/messages', toInstagram('20 EUR')).then(
      ({ status }) => status,
      () => 'no answer',
    );
    expect(told).toBe(outcome);
    expect(sandbox.sends()).toHaveLength(accepted);
    expect((await api.get('/v2/messages')).body.items).toHaveLength(1 + accepted);
  });

  test('let a call hang without effect until the sandbox closes', async () => {
    sandbox.receive({ account: 'shop-ig', contact: ANN, text: 'a' });
    sandbox.fault(() => 'hang');
    const pending = api.post('/v2/messages', toInstagram('20 EUR')).catch(() => 'cut');
    while (sandbox.calls()['POST /v2/messages'] === undefined) await new Promise(setImmediate);
    await sandbox.close();
    expect(await pending).toBe('cut');
    expect(sandbox.sends()).toEqual([]);
    await start();
  });

  test('end when the hook is removed', async () => {
    sandbox.fault(() => 'error_500_before');
    expect((await api.get('/v2/users/me')).status).toBe(500);
    sandbox.fault(null);
    expect((await api.get('/v2/users/me')).status).toBe(200);
  });
});

describe('the sandbox', () => {
  test('reports that its port is in use', async () => {
    const port = Number(new URL(sandbox.url).port);
    await expect(startSandbox({ port })).rejects.toThrow('EADDRINUSE');
  });

  test('uses new ids after each start, so that an older store finds no equal ids', async () => {
    const before = sandbox.receive({ account: 'shop-ig', contact: ANN, text: 'a' }).id;
    now += 1;
    await restart();
    expect(sandbox.receive({ account: 'shop-ig', contact: ANN, text: 'a' }).id).not.toBe(before);
  });

  test.each(['receive', 'comment', 'humanWrites'] as const)('throws when %s names no account', (call) => {
    expect(() => sandbox[call]({ account: 'nope', contact: ANN, text: 'a' })).toThrow("no account 'nope'");
  });
});
