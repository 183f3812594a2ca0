import { afterEach, describe, expect, test } from 'vitest';
import { DEFAULT_ACCOUNTS, startSandbox } from '../../src/sandbox/server.js';
import type { Sandbox } from '../../src/sandbox/server.js';
import { endlessTraffic, playItem, startTraffic } from '../../src/sandbox/traffic.js';
import type { TrafficItem } from '../../src/sandbox/traffic.js';
import { callerOf } from './caller.js';

/** The first items of generated traffic. */
function makeTraffic(seed: number, count: number): readonly TrafficItem[] {
  const items: TrafficItem[] = [];
  for (const item of endlessTraffic(seed, DEFAULT_ACCOUNTS)) {
    items.push(item);
    if (items.length === count) break;
  }
  return items;
}

const MANY = makeTraffic(7, 2_000);

let sandbox: Sandbox | undefined;

afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
});

describe('generated traffic', () => {
  test('depends only on the seed', () => {
    expect(makeTraffic(7, 200)).toEqual(MANY.slice(0, 200));
    expect(makeTraffic(8, 200)).not.toEqual(MANY.slice(0, 200));
  });

  test('has every topic, language, kind and platform, and enough unrelated messages', () => {
    const of = (pick: (item: TrafficItem) => string): string[] => [...new Set(MANY.map(pick))].sort();
    expect(of(({ expects }) => expects)).toEqual([
      'chatter',
      'guide',
      'hours',
      'own',
      'pricing',
      'returns',
      'shipping',
      'stop',
    ]);
    expect(of(({ language }) => language).length).toBeGreaterThanOrEqual(6);
    expect(of(({ kind }) => kind)).toEqual(['comment', 'human_message', 'message', 'own_comment']);
    expect(of(({ account }) => account)).toEqual(['shop-bsky', 'shop-fb', 'shop-ig', 'shop-x']);
    expect(MANY.filter(({ expects }) => expects === 'chatter').length).toBeGreaterThan(500);
  });

  test('keeps name, username and account per person', () => {
    const people = new Map<string, string>();
    for (const { contact, account, kind } of MANY) {
      if (kind === 'own_comment') continue;
      const told = JSON.stringify([contact, account]);
      expect(people.get(contact.id) ?? told).toBe(told);
      people.set(contact.id, told);
    }
    expect(people.size).toBe(40);
  });

  test('has comments only on platforms with comments', () => {
    const accounts = new Set(
      MANY.filter(({ kind }) => kind.endsWith('comment')).map(({ account }) => account),
    );
    expect([...accounts].sort()).toEqual(['shop-fb', 'shop-ig']);
  });

  test('has no question keywords in unrelated messages, except near misses', () => {
    const asked =
      /(?<!\p{L})(?:price|pricing|how much|shipping|hours|returns?|refund|guide|stop|unsubscribe|hi)(?!\p{L})/iu;
    const texts = MANY.filter(({ expects }) => expects === 'chatter').map(({ text }) => text);
    expect(texts.filter((text) => asked.test(text))).toEqual([]);
    expect(
      texts.filter((text) => /friendship|priceless|guidelines|unstoppable/iu.test(text)).length,
    ).toBeGreaterThan(20);
  });

  test("can be played completely, and the sandbox's responses match the description", async () => {
    sandbox = await startSandbox({ limits: null });
    for (const item of MANY) playItem(sandbox, item);
    const api = callerOf(sandbox);
    for (const list of ['messages', 'comments', 'conversations']) {
      expect((await api.get(`/v2/${list}?limit=250`)).status).toBe(200);
    }
    const messages = MANY.filter(({ kind }) => kind.endsWith('message'));
    expect(sandbox.world.messages).toHaveLength(messages.length);
    expect(sandbox.world.comments).toHaveLength(MANY.length - messages.length);
    expect(sandbox.violations).toEqual([]);
  });

  test('arrives in the order of the seed, until it is stopped', async () => {
    sandbox = await startSandbox();
    const stop = new AbortController();
    const running = startTraffic(sandbox, { seed: 7, perMinute: 60_000, signal: stop.signal });
    const { world } = sandbox;
    const arrived = (): number => world.messages.length + world.comments.length;
    while (arrived() < 20) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    await running;
    const count = arrived();
    const texts = [...world.messages, ...world.comments].map(({ text }) => text).sort();
    expect(texts).toEqual(
      MANY.slice(0, count)
        .map(({ text }) => text)
        .sort(),
    );
  });

  test('needs a rate', async () => {
    sandbox = await startSandbox();
    const { signal } = new AbortController();
    await expect(startTraffic(sandbox, { seed: 1, perMinute: 0, signal })).rejects.toThrow(RangeError);
  });
});
