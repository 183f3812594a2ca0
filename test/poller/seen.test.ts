import { Writable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blotatoClient } from '../../src/blotato/client.js';
import { BLOCK_FIXES } from '../../src/domain/block.js';
import { createLogger } from '../../src/log/logger.js';
import { pollingOf } from '../../src/program/polling.js';
import { createPollingMemory } from '../../src/poller/polling-memory.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { aConfig, anAccount } from '../builders.js';
import { aRuleSet } from '../scenes/rule-set.js';
import { openCopied } from '../store/template.js';

const RULES =
  'version: 1\nrules:\n  - { id: pricing, on: message, keywords: [price], reply: From 20 EUR. }\n';

/** Polling of one account that counts the queries for the poll state of a page. */
async function aPolling() {
  const folder = mkdtempSync(join(tmpdir(), 'seen-'));
  const sandbox = await startSandbox({ limits: null });
  const opened = openCopied(join(folder, 'seen.db'), Date.now);
  let asked = 0;
  const store = {
    ...opened,
    journalled: (...args: Parameters<typeof opened.journalled>) => {
      asked += 1;
      return opened.journalled(...args);
    },
  };
  const throttle = { take: async () => undefined, holdUntil: () => undefined, counted: () => undefined };
  const client = blotatoClient({ baseUrl: sandbox.url, apiKey: sandbox.apiKey, clock: Date.now, throttle });
  const config = aConfig({ accounts: [anAccount()], poll: { ...aConfig().poll, comments: false } });
  let log = '';
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log += chunk.toString('utf8');
      done();
    },
  });
  const logger = createLogger({ level: 'warn', pretty: false, secrets: [] }, out);
  const polling = pollingOf({
    ...{ config, rules: { set: aRuleSet(RULES, config) }, store, clock: Date.now, logger, client, throttle },
    nextPoll: () => Date.now(),
    memory: createPollingMemory({ config, clock: Date.now, logger }),
    onTurn: () => undefined,
  });
  onTestFinished(async () => {
    await polling.stop();
    await client.close();
    await opened.close();
    await sandbox.close();
    rmSync(folder, { recursive: true });
  });
  const asksIn = async (): Promise<number> => {
    const before = asked;
    await polling.all();
    return asked - before;
  };
  const write = (contact: string, text: string) => sandbox.receive({ account: 'shop-ig', contact, text });
  return { asksIn, write, store, sandbox, log: () => log };
}

describe('a poll that finds the same rows as the one before', () => {
  it('does not query the store again, until there is something new', async () => {
    const { asksIn, write, store } = await aPolling();
    write('ana', 'hello');
    await asksIn();
    expect(await asksIn()).toBe(1);
    expect(await asksIn()).toBe(0);
    write('bo', 'good morning');
    expect(await asksIn()).toBe(1);
    expect((await store.journal({ limit: 10 })).map(({ event }) => event.text)).toContain('good morning');
    // New rows are known only after they are stored.
    expect(await asksIn()).toBe(1);
    expect(await asksIn()).toBe(0);
  });

  it('queries each time while a send is open, since a row may belong to it', async () => {
    const { asksIn, write, store } = await aPolling();
    await asksIn();
    write('ana', 'price?');
    await asksIn();
    // No outbox runs in this test, so the reply waits.
    expect([await asksIn(), await asksIn(), await asksIn()]).toEqual([1, 1, 1]);
    const [waiting] = await store.sends({ limit: 1 });
    await store.discardSend(waiting!.id, Date.now());
    // The store is queried once more for rows cached while the send was open.
    expect([await asksIn(), await asksIn()]).toEqual([1, 0]);
  });
});

describe('a poll that Blotato refuses', () => {
  it.each([
    [
      'forbidden',
      403,
      'Blotato refused to list messages or comments; polling resumes from the same point once it allows them',
      '403',
    ],
    ['unauthorized', 401, 'Blotato refused the API key (401); check `blotato.api_key`', null],
  ] as const)('as %s is logged once, with cause and fix', async (fault, status, msg, known) => {
    const { asksIn, sandbox, log } = await aPolling();
    sandbox.fault(({ path }) => (path === '/v2/messages' ? fault : 'none'));
    await asksIn();
    await asksIn();
    const about = known === null ? {} : BLOCK_FIXES[known];
    const lines = log().trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { level: 50, resource: 'messages', err: { status }, msg, ...about },
    ]);
  });
});
