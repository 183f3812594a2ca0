import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { Agent, type Dispatcher } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blotatoClient } from '../../src/blotato/client.js';
import type { BlotatoClient, BlotatoClientOptions } from '../../src/blotato/client.js';
import { BlotatoError, ContractError, NoResponseError } from '../../src/blotato/errors.js';
import { COMMENT, json, MESSAGE, startServer, text } from './server.js';
import type { Respond, TestServer } from './server.js';

const KEY = 'blt_c2VjcmV0+a2V5/x==';
const NOW = Date.UTC(2026, 10, 22, 10);
const BODY = {
  accountId: '1',
  target: { targetType: 'instagram' },
  recipientId: '900',
  text: 'hello',
} as const;
const never = new AbortController().signal;

interface Hold {
  readonly route: string;
  readonly until: number;
}

let server: TestServer;
let client: BlotatoClient;
let holds: Hold[];

function open(baseUrl: string, timeout = 5_000): BlotatoClient {
  const throttle: BlotatoClientOptions['throttle'] = {
    take: (_route, signal) => (signal.aborted ? Promise.reject(signal.reason as Error) : Promise.resolve()),
    holdUntil: (route, until) => void holds.push({ route, until }),
  };
  return blotatoClient({ baseUrl, apiKey: KEY, throttle, clock: () => NOW, timeout });
}

beforeEach(async () => {
  holds = [];
  server = await startServer();
  client = open(server.url);
});

afterEach(async () => {
  await client.close();
  await server.close();
});

async function failureOf(call: Promise<unknown>): Promise<Error> {
  const error: unknown = await call.then(
    () => new Error('the call did not fail'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  leaksNoSecret(error);
  return error as Error;
}

/** The whole error chain: message, stack and all own fields, of the error and of its causes. */
function leaksNoSecret(error: unknown): void {
  for (let each = error; each instanceof Error; each = each.cause) {
    const told = [each.message, each.stack ?? '', JSON.stringify(Object.entries(each))].join('\n');
    expect(told).not.toContain('c2VjcmV0');
  }
}

/** Another client for one test, closed when the test ends. */
async function sendWith(other: BlotatoClient): Promise<NoResponseError> {
  try {
    const error = await failureOf(other.sendMessage(BODY, never));
    if (error instanceof NoResponseError) return error;
    throw error;
  } finally {
    await other.close();
  }
}

const listening: Server[] = [];
async function listen(onSocket: (socket: Socket) => void): Promise<string> {
  const net = createServer((socket) => {
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  listening.push(net);
  net.listen(0, '127.0.0.1');
  await once(net, 'listening');
  return `127.0.0.1:${(net.address() as AddressInfo).port}`;
}
afterEach(() => {
  for (const net of listening.splice(0)) net.close();
});

describe('a refused call', () => {
  it.each([
    { says: 'a bad key', status: 401, kind: 'unauthorized' },
    { says: 'a missing permission', status: 403, kind: 'refused' },
    { says: 'an unknown address', status: 404, kind: 'not_found' },
    { says: 'an invalid body', status: 422, kind: 'invalid' },
    { says: 'too many calls', status: 429, kind: 'rate_limited' },
    { says: 'a broken server', status: 503, kind: 'server' },
  ])("is recognised as $says ($status), with the server's code and message", async ({ status, kind }) => {
    server.respond(json(status, { code: '20102', reqId: 'req-7', message: 'already has a reply' }));
    const error = await failureOf(client.sendMessage(BODY, never));
    expect(error).toBeInstanceOf(BlotatoError);
    expect(error).toMatchObject({
      name: 'BlotatoError',
      route: 'POST /v2/messages',
      status,
      kind,
      code: '20102',
      reqId: 'req-7',
      retryAfter: null,
      text: 'already has a reply',
      message: `POST /v2/messages responded ${status} (code 20102, request req-7): already has a reply`,
    });
    expect(server.seen).toHaveLength(1);
  });

  it.each<{ says: string; respond: Respond; told: string }>([
    { says: 'empty', respond: text(500, ''), told: 'no message' },
    { says: 'a web page', respond: text(502, '<html>Bad gateway'), told: 'a web page, not the API' },
    { says: 'plain text', respond: text(503, 'please\n  wait'), told: 'please wait' },
    { says: 'a message of another type', respond: json(500, { message: ['x'] }), told: 'no message' },
    { says: 'a bare null', respond: json(500, null), told: 'no message' },
  ])('is still a refusal when the body is $says', async ({ respond, told }) => {
    server.respond(respond);
    const error = await failureOf(client.me(never));
    expect(error).toMatchObject({ name: 'BlotatoError', code: null, reqId: null, text: told });
  });

  it('is still a refusal when its body breaks off after the status', async () => {
    server.respond((response) => {
      response.writeHead(422, { 'content-length': '500' });
      response.write('{"mess', () => response.destroy());
    });
    expect(await failureOf(client.sendMessage(BODY, never))).toMatchObject({
      name: 'BlotatoError',
      status: 422,
    });
  });

  it('truncates a long error text', async () => {
    server.respond(json(500, { message: 'x'.repeat(5_000) }));
    expect((await failureOf(client.me(never))).message.length).toBeLessThan(400);
  });

  it('does not follow a redirect with the key', async () => {
    server.respond(json(307, {}, { location: `${server.url}/elsewhere` }));
    const error = await failureOf(client.sendMessage(BODY, never));
    expect(error).toMatchObject({ name: 'BlotatoError', status: 307, kind: 'refused' });
    expect(error.message).toContain('blotato.base_url');
    expect(server.seen.map((each) => each.path)).toEqual(['/v2/messages']);
  });

  it('is not repeated after 421, as fetch does by itself', async () => {
    server.respond(json(421, { message: 'misdirected' }));
    expect(await failureOf(client.sendMessage(BODY, never))).toMatchObject({
      name: 'BlotatoError',
      status: 421,
      kind: 'refused',
    });
    expect(server.seen).toHaveLength(1);
  });

  it.each([
    { how: 'as it is', echo: KEY },
    { how: 'percent-encoded', echo: encodeURIComponent(KEY) },
    { how: 'without the = at its end', echo: KEY.replace(/=+$/u, '') },
    { how: 'at the place where a long text is cut', echo: `${'x'.repeat(270)} ${KEY}` },
  ])('redacts the key that the server echoes $how', async ({ echo }) => {
    server.respond(json(401, { reqId: `r-${echo}`, message: `no such key: ${echo}` }));
    const error = await failureOf(client.me(never));
    expect(error.message).toContain('[api key]');
  });
});

describe('a 429 response', () => {
  it.each([
    { says: 'seconds', headers: { 'retry-after': '7' }, retryAfter: 7_000, hold: 7_000 },
    {
      says: "a date, counted from the server's own",
      headers: { date: 'Sun, 22 Nov 2026 12:00:00 GMT', 'retry-after': 'Sun, 22 Nov 2026 12:00:20 GMT' },
      retryAfter: 20_000,
      hold: 20_000,
    },
    {
      says: 'longer than the maximum wait',
      headers: { 'retry-after': '86400' },
      retryAfter: 600_000,
      hold: 600_000,
    },
    { says: 'nothing', headers: {}, retryAfter: null, hold: 2_000 },
    { says: 'nonsense', headers: { 'retry-after': 'soon' }, retryAfter: null, hold: 2_000 },
  ])('holds the route of a read when Retry-After is $says', async ({ headers, retryAfter, hold }) => {
    server.respond(json(429, { message: 'slow down' }, headers));
    expect(await failureOf(client.listMessages({}, never))).toMatchObject({
      kind: 'rate_limited',
      retryAfter,
    });
    expect(holds).toEqual([{ route: 'GET /v2/messages', until: NOW + hold }]);
  });

  it('backs off each time in a row, and resets after a success', async () => {
    const statuses = [429, 429, 429, 200, 429];
    for (const status of statuses) {
      server.respond(json(status, status === 200 ? { items: [] } : { message: 'slow down' }));
      await client.listMessages({}, never).catch(() => undefined);
    }
    expect(holds.map((each) => each.until - NOW)).toEqual([2_000, 4_000, 8_000, 2_000]);
  });

  it('on a send does not hold the reads', async () => {
    server.respond(json(429, { message: 'slow down' }, { 'retry-after': '7' }));
    expect(await failureOf(client.sendMessage(BODY, never))).toMatchObject({
      status: 429,
      retryAfter: 7_000,
    });
    expect(holds).toEqual([]);
  });
});

describe('a call that failed before anything was sent', () => {
  it('is recognised when the connection is refused', async () => {
    const gone = await startServer();
    await gone.close();
    const error = await sendWith(open(gone.url));
    expect(error).toMatchObject({ sent: false, route: 'POST /v2/messages' });
    expect(error.message).toMatch(/nothing was sent: .*ECONNREFUSED/u);
  });

  it('is recognised when the host has no address', async () => {
    expect((await sendWith(open('http://nobody.invalid'))).sent).toBe(false);
  });

  it('is recognised when the server speaks no TLS', async () => {
    expect((await sendWith(open(server.url.replace('http:', 'https:')))).sent).toBe(false);
    expect(server.seen).toEqual([]);
  });

  it('is recognised when the time-out comes before the connection', async () => {
    const silent = await listen(() => undefined);
    const error = await sendWith(open(`https://${silent}`, 150));
    expect(error).toMatchObject({ sent: false });
    expect(error.message).toContain('no response within 150 ms');
  });

  it('is recognised when it is aborted before it begins', async () => {
    const stopped = AbortSignal.abort();
    expect(await failureOf(client.sendMessage(BODY, stopped))).toMatchObject({
      name: 'NoResponseError',
      sent: false,
    });
    expect(await failureOf(client.me(stopped))).toMatchObject({ name: 'NoResponseError', sent: false });
    expect(server.seen).toEqual([]);
  });

  it('is recognised when the key has a character that no header can carry, without showing the key', async () => {
    const throttle = { take: async () => undefined, holdUntil: () => undefined };
    const odd = blotatoClient({ baseUrl: server.url, apiKey: `${KEY}\nx `, throttle, clock: () => NOW });
    expect((await sendWith(odd)).sent).toBe(false);
    expect(server.seen).toEqual([]);
  });

  it('is not sent later, when the connection that it waited for is there', async () => {
    const received: string[] = [];
    const silent = await listen((socket) =>
      socket.on('data', (data) => received.push(data.toString('latin1'))),
    );
    const stop = new AbortController();
    const slow = open(`http://${silent}`);
    const sending = failureOf(slow.sendMessage(BODY, stop.signal));
    stop.abort();
    expect(await sending).toMatchObject({ name: 'NoResponseError', sent: false });
    // Closing waits for the connection, which then has nothing to send.
    await slow.close();
    expect(received).toEqual([]);
  });
});

describe('a call without a response that may have arrived', () => {
  it.each<{ says: string; respond: Respond }>([
    {
      says: 'the connection is reset instead of a response',
      respond: (response) => void response.socket?.resetAndDestroy(),
    },
    {
      says: 'the server closes the connection instead of a response',
      respond: (response) => void response.socket?.end(),
    },
    {
      says: 'the connection is reset within the body',
      respond: (response) => {
        response.writeHead(201, { 'content-length': '500' });
        response.write('{"id":', () => response.socket?.resetAndDestroy());
      },
    },
    {
      says: 'the body ends too early',
      respond: (response) => {
        response.writeHead(201, { 'content-length': '500' });
        response.write('{"id":', () => response.socket?.end());
      },
    },
    { says: 'the response is not HTTP', respond: (response) => void response.socket?.end('hello\r\n\r\n') },
    { says: 'the body is not JSON', respond: text(201, '<html>created') },
    { says: 'the body is truncated JSON', respond: text(201, '{"id":"m1","conv') },
    { says: 'the body is empty', respond: text(201, '') },
    { says: 'there is no body', respond: (response) => void response.writeHead(204).end() },
    {
      says: 'the body is not compressed as it says',
      respond: text(201, '{}', { 'content-encoding': 'gzip' }),
    },
    { says: 'the response has no id', respond: json(201, { ...MESSAGE, id: undefined }) },
  ])('is ambiguous when $says', async ({ respond }) => {
    server.respond(respond);
    const error = await failureOf(client.sendMessage(BODY, never));
    expect(error).toMatchObject({ name: 'NoResponseError', sent: true, route: 'POST /v2/messages' });
    expect(error.cause).toBeInstanceOf(Error);
    expect(server.seen).toHaveLength(1);
  });

  it.each<{ says: string; respond: Respond }>([
    { says: 'the server never responds', respond: () => undefined },
    {
      says: 'the body never ends',
      respond: (response) => {
        response.writeHead(201, { 'content-length': '500' });
        response.write('{"id":');
      },
    },
    {
      says: 'the body arrives in small parts, without a long pause',
      respond: (response) => {
        response.writeHead(201, { 'content-length': '500' });
        const drip = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(drip));
      },
    },
  ])('is ambiguous on a time-out: $says', async ({ respond }) => {
    server.respond(respond);
    const error = await sendWith(open(server.url, 200));
    expect(error.sent).toBe(true);
    expect(error.message).toContain('no response within 200 ms');
  });

  it('is ambiguous when it is aborted while the server works', async () => {
    const stop = new AbortController();
    server.respond(() => stop.abort());
    const error = await failureOf(client.sendMessage(BODY, stop.signal));
    expect(error).toMatchObject({ name: 'NoResponseError', sent: true });
    expect(error.message).toContain('the request was aborted');
  });
});

it('a send that undici would begin a second time is not written again', async () => {
  /** Begins each request twice, as undici may if a connection ends in between. */
  class Repeating extends Agent {
    override dispatch(options: Agent.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
      return super.dispatch(options, {
        onRequestStart(controller, context) {
          handler.onRequestStart?.(controller, context);
          handler.onRequestStart?.(controller, context);
        },
        onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
      });
    }
  }
  const agent = new Repeating();
  const connections = { agents: { read: agent, send: agent }, close: () => agent.close() };
  const throttle = { take: async () => undefined, holdUntil: () => undefined };
  const other = blotatoClient({ baseUrl: server.url, apiKey: KEY, throttle, clock: () => NOW, connections });
  expect(await failureOf(other.sendMessage(BODY, never))).toMatchObject({
    name: 'NoResponseError',
    message: expect.stringContaining('a second attempt of the same request') as string,
  });
  expect(server.seen).toEqual([]);
  await connections.close();
});

describe('a compressed response', () => {
  it.each([
    { how: 'gzip', encode: gzipSync },
    { how: 'br', encode: brotliCompressSync },
    // Names of encodings are without case, and x-gzip is another name of gzip (RFC 9110, 8.4.1).
    { how: 'GZip', encode: gzipSync },
    { how: 'x-gzip', encode: gzipSync },
    { how: 'BR', encode: brotliCompressSync },
    { how: 'identity', encode: (text: string) => text },
  ])('is read: $how', async ({ how, encode }) => {
    server.respond((response, { headers }) => {
      expect(headers['accept-encoding']).toBe('gzip, br');
      response.writeHead(200, { 'content-encoding': how });
      response.end(encode(JSON.stringify({ items: [{ ...MESSAGE, text: 'größer' }] })));
    });
    const { items } = await client.listMessages({}, never);
    expect(items.map((each) => each.text)).toEqual(['größer']);
  });

  it('is refused if it becomes larger than any list of the API', async () => {
    const bomb = gzipSync(Buffer.alloc(40 * 1024 * 1024, ' '));
    server.respond((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(bomb);
    });
    expect(await failureOf(client.listMessages({}, never))).toMatchObject({ name: 'NoResponseError' });
  });

  it('of an error counts by its status, even if its body is broken', async () => {
    server.respond(text(422, 'no gzip', { 'content-encoding': 'gzip' }));
    expect(await failureOf(client.sendMessage(BODY, never))).toMatchObject({
      name: 'BlotatoError',
      status: 422,
      text: 'no message',
    });
  });
});

describe('a response that does not fit the schema', () => {
  it('is an error that names the first place that does not fit', async () => {
    const { createdAt, ...undated } = COMMENT;
    expect(createdAt).toBeDefined();
    server.respond(json(200, undated));
    const error = await failureOf(client.comment('k1', never));
    expect(error).toBeInstanceOf(ContractError);
    expect(error).toMatchObject({
      name: 'ContractError',
      route: 'GET /v2/comments/{commentId}',
      path: 'createdAt',
    });
  });

  it("is an error that does not quote a contact's text", async () => {
    server.respond(text(200, 'my password is hunter2'));
    const error = await failureOf(client.listMessages({}, never));
    expect(error).toMatchObject({ name: 'ContractError', path: '' });
    expect(error.message).toBe('GET /v2/messages sent an unexpected response at the body: it is not JSON');
  });
});
