import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blotatoClient } from '../../src/blotato/client.js';
import type { BlotatoClient } from '../../src/blotato/client.js';
import type { ReadThrottle } from '../../src/blotato/throttle.js';
import { readThrottle } from '../../src/blotato/throttle.js';
import { memoryLedger } from './memory-ledger.js';
import type { MemoryLedger } from './memory-ledger.js';
import { COMMENT, CONVERSATION, json, MESSAGE, startServer } from './server.js';
import type { TestServer } from './server.js';

const KEY = 'blt_c2VjcmV0LWtleQ==';
const never = new AbortController().signal;

let server: TestServer;
let client: BlotatoClient;
let ledger: MemoryLedger;
let throttle: ReadThrottle;

beforeEach(async () => {
  server = await startServer();
  ledger = memoryLedger();
  throttle = readThrottle({ ledger, perMinute: 60, clock: Date.now });
  client = blotatoClient({ baseUrl: server.url, apiKey: KEY, throttle, clock: Date.now });
});

afterEach(async () => {
  await client.close();
  await server.close();
});

interface CallRow {
  readonly it: string;
  readonly answer: unknown;
  readonly call: (client: BlotatoClient) => Promise<unknown>;
  readonly path: string;
  readonly query: string;
  readonly route: string;
}

const READS: readonly CallRow[] = [
  {
    it: 'repeats the platform in the query instead of joining several',
    answer: { items: [] },
    call: (c) => c.listMessages({ platforms: ['instagram', 'facebook'] }, never),
    path: '/v2/messages',
    query: 'platform=instagram&platform=facebook',
    route: 'GET /v2/messages',
  },
  {
    it: 'omits filters that are not set',
    answer: { items: [] },
    call: (c) => c.listMessages({ platforms: [], conversationId: undefined }, never),
    path: '/v2/messages',
    query: '',
    route: 'GET /v2/messages',
  },
  {
    it: "passes every filter of messages, and the page token as the API's cursor",
    answer: { items: [] },
    call: (c) =>
      c.listMessages({ conversationId: 'c 1&x', accountId: '7', pageToken: 'a_b=', limit: 250 }, never),
    path: '/v2/messages',
    query: 'conversationId=c%201%26x&accountId=7&cursor=a_b%3D&limit=250',
    route: 'GET /v2/messages',
  },
  {
    it: 'lists conversations of one platform',
    answer: { items: [] },
    call: (c) => c.listConversations({ platform: 'facebook', accountId: '7' }, never),
    path: '/v2/conversations',
    query: 'platform=facebook&accountId=7',
    route: 'GET /v2/conversations',
  },
  {
    it: 'reads a conversation, and escapes its id in the path',
    answer: CONVERSATION,
    call: (c) => c.conversation('c/1?x', never),
    path: '/v2/conversations/c%2F1%3Fx',
    query: '',
    route: 'GET /v2/conversations/{conversationId}',
  },
  {
    it: 'lists comments by post and parent',
    answer: { items: [] },
    call: (c) =>
      c.listComments({ platforms: ['instagram'], postId: '501', parentCommentId: 'k1', limit: 5 }, never),
    path: '/v2/comments',
    query: 'platform=instagram&parentCommentId=k1&postId=501&limit=5',
    route: 'GET /v2/comments',
  },
  {
    it: 'reads a comment',
    answer: COMMENT,
    call: (c) => c.comment('k1', never),
    path: '/v2/comments/k1',
    query: '',
    route: 'GET /v2/comments/{commentId}',
  },
  {
    it: 'reads a message',
    answer: MESSAGE,
    call: (c) => c.message('m1', never),
    path: '/v2/messages/m1',
    query: '',
    route: 'GET /v2/messages/{messageId}',
  },
  {
    it: 'checks the key',
    answer: { id: 'u1', plan: 'pro' },
    call: (c) => c.me(never),
    path: '/v2/users/me',
    query: '',
    route: 'GET /v2/users/me',
  },
  {
    it: 'lists accounts',
    answer: { items: [] },
    call: (c) => c.accounts(never),
    path: '/v2/users/me/accounts',
    query: '',
    route: 'GET /v2/users/me/accounts',
  },
  {
    it: 'lists the pages of an account',
    answer: { items: [] },
    call: (c) => c.subaccounts('43538', never),
    path: '/v2/users/me/accounts/43538/subaccounts',
    query: '',
    route: 'GET /v2/users/me/accounts/{accountId}/subaccounts',
  },
];

describe('a read call of the client', () => {
  it.each(READS)('$it', async ({ answer, call, path, query, route }) => {
    server.respond(json(200, answer));
    await call(client);
    const [seen] = server.seen;
    expect(server.seen).toHaveLength(1);
    expect(seen).toMatchObject({ method: 'GET', path, body: '' });
    expect(seen!.query.toString()).toBe(new URLSearchParams(query).toString());
    expect(seen!.headers['blotato-api-key']).toBe(KEY);
    expect(ledger.calls.map((each) => each.route)).toEqual([route]);
  });

  it('keeps the path of a base URL that has one, with or without a slash at its end', async () => {
    const behind = blotatoClient({ baseUrl: `${server.url}/proxy/`, apiKey: KEY, throttle, clock: Date.now });
    server.respond(json(200, { items: [] }));
    await behind.accounts(never);
    await behind.close();
    expect(server.seen[0]!.path).toBe('/proxy/v2/users/me/accounts');
  });

  it('returns the page in our types, with its cursor', async () => {
    server.respond(json(200, { items: [MESSAGE], cursor: 'next' }));
    expect(await client.listMessages({}, never)).toEqual({
      items: [
        {
          id: 'm1',
          conversationId: 'c1',
          at: Date.UTC(2026, 10, 22, 10),
          platform: 'instagram',
          senderId: '900',
          recipientId: '1784140',
          status: 'delivered',
          text: 'how much is it?',
          errorCode: null,
          errorMessage: null,
          direction: null,
        },
      ],
      unreadable: [],
      pageToken: 'next',
    });
  });

  it('waits for the final response after an interim one', async () => {
    server.respond((response, request) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
      json(200, { items: [MESSAGE] })(response, request);
    });
    expect((await client.listMessages({}, never)).items).toHaveLength(1);
  });

  it('returns accounts and pages without their envelope', async () => {
    server.respond(json(200, { items: [{ id: 98434, platform: 'tiktok', fullname: 'Lumen' }] }));
    expect(await client.accounts(never)).toEqual([
      { id: '98434', platform: 'tiktok', fullname: 'Lumen', username: null },
    ]);
    server.respond(json(200, { items: [{ id: '1288', name: 'Lumen Page' }] }));
    expect(await client.subaccounts('1', never)).toEqual([{ id: '1288', name: 'Lumen Page' }]);
  });
});

describe('a send call of the client', () => {
  it("posts a message as the API's description defines it", async () => {
    server.respond(json(201, { ...MESSAGE, id: 'm9', status: 'queued', senderId: null }));
    const body = {
      accountId: '98434',
      target: { targetType: 'instagram', responseType: 'RESPONSE', commentId: '180' },
      recipientId: '900',
      text: 'Grüße 👋',
    } as const;
    const sent = await client.sendMessage(body, never);
    expect(sent).toMatchObject({ id: 'm9', status: 'queued', conversationId: 'c1' });
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]).toMatchObject({ method: 'POST', path: '/v2/messages' });
    expect(JSON.parse(server.seen[0]!.body)).toEqual(body);
    expect(server.seen[0]!.headers).toMatchObject({
      'blotato-api-key': KEY,
      'content-type': 'application/json',
    });
  });

  it('posts a comment', async () => {
    server.respond(json(201, { ...COMMENT, status: 'queued', platformCommentId: null }));
    const sent = await client.sendComment(
      { postId: '501', text: 'Check your DMs!', parentCommentId: 'k1' },
      never,
    );
    expect(sent).toMatchObject({ id: 'k1', status: 'queued', conversationId: null });
    expect(server.seen[0]).toMatchObject({ method: 'POST', path: '/v2/comments' });
  });

  it('does not use the read throttle, since sends have their own budget', async () => {
    server.respond(json(201, COMMENT));
    await client.sendComment({ postId: '501', text: 'x' }, never);
    expect(ledger.calls).toEqual([]);
  });

  it('uses a new connection for each send, with connection: close', async () => {
    server.respond(json(201, COMMENT));
    const send = () => client.sendComment({ postId: '501', text: 'x' }, never);
    await send();
    await Promise.all([send(), send(), send()]);
    await send();
    expect(new Set(server.seen.map((each) => each.port)).size).toBe(5);
    expect(new Set(server.seen.map((each) => each.headers.connection))).toEqual(new Set(['close']));
  });
});

describe('clockOffset', () => {
  it('is 0 before any response', () => {
    expect(client.clockOffset()).toBe(0);
  });

  it("is the server's time minus ours, also from a refusal", async () => {
    const ours = Date.UTC(2026, 10, 22, 10, 0, 0);
    const ahead = blotatoClient({ baseUrl: server.url, apiKey: KEY, throttle, clock: () => ours });
    server.respond(json(404, { message: 'no' }, { date: 'Sun, 22 Nov 2026 10:01:30 GMT' }));
    await expect(ahead.me(never)).rejects.toThrow('404');
    await ahead.close();
    expect(ahead.clockOffset()).toBe(90_000);
  });
});
