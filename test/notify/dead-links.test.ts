import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { lookup } from 'node:dns/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkTemplate } from '../../src/actions/compose/render.js';
import { linkStates } from '../../src/actions/work/links.js';
import type { NotifyConfig } from '../../src/domain/notice.js';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.js';
import { compileSet } from '../../src/engine/rule-set.js';
import { checkKeyword } from '../../src/engine/text/keywords.js';
import { checkLinks, type LinkCheckParts } from '../../src/notify/dead-links.js';
import { createNotifier } from '../../src/notify/notifier.js';
import { linksOf } from '../../src/project/links.js';
import { parseRules } from '../../src/rules/parse.js';
import type { PgStore } from '../../src/store/postgres/open.js';
import { postgresStore, workspaceOf } from '../../src/store/postgres/store.js';
import { openSqlite } from '../../src/store/sqlite/store.js';
import type { Store } from '../../src/store/ports/store.js';
import { aConfig, anAccount, TUESDAY } from '../builders.js';
import { PATIENCE } from '../patience.js';
import { usePostgres } from '../postgres/use.js';
import { aDiscord, aSlack, aTelegram } from '../scenes/chat-services.js';
import { aReceiver } from '../scenes/receiver.js';

let served: PgStore;
usePostgres((opened) => (served = opened));
let opened = 0;

const STORES: Readonly<Record<string, (clock: () => number) => Promise<Store>>> = {
  async sqlite(clock) {
    const folder = mkdtempSync(join(tmpdir(), 'links-'));
    const store = openSqlite(join(folder, 'store.db'), clock);
    onTestFinished(async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    });
    return store;
  },
  async postgres(clock) {
    opened += 1;
    const workspace = await workspaceOf(served, `links ${opened}`);
    return postgresStore(served, { workspace, fencingToken: null }, clock);
  },
};

const CHANNELS: NotifyConfig = {
  ...{ kinds: ['dead_link'], digest: 0, silentAfter: 30 * MINUTE, quiet: null, links: 'daily' },
  ...{ link: 'https://replies.shop.example', webhook: null, email: null, command: null },
};

/** Rules with links to a server whose responses the test sets, and a clock that it moves. */
async function aShop(open: (clock: () => number) => Promise<Store>, channels: Partial<NotifyConfig> = {}) {
  const pages: Record<string, number> = {};
  const site = await aReceiver();
  site.respond = ({ path }) => ({ status: pages[path] ?? 200, headers: {}, body: '' });
  const { origin } = new URL(site.url);
  const time = { now: TUESDAY };
  const store = await open(() => time.now);
  const rules = { text: rulesOf(origin) };
  const parts = (more: Partial<LinkCheckParts> = {}): LinkCheckParts => ({
    ...{ store, clock: () => time.now, allowHosts: ['127.0.0.1'], known: 'http://127.0.0.1:9/v2' },
    ...{ signal: new AbortController().signal, links: () => linksOf(workspaceOfText(rules.text)) },
    ...more,
  });
  const hooks = await aReceiver();
  const config = { ...CHANNELS, webhook: { url: hooks.url, secret: null }, ...channels };
  const trouble: string[] = [];
  const notifier = createNotifier({
    ...{ config, store, clock: () => time.now, workspace: null, allowHosts: ['127.0.0.1'], env: {} },
    ...{ brokenRules: () => null, onTold: () => undefined },
    onTrouble: (what, error) => trouble.push(`${what}: ${String(error)}`),
  });
  onTestFinished(() => notifier.stop());
  /** The time passes in a few steps, as by the schedule of the program. */
  const passes = async (length: number): Promise<void> => {
    const step = Math.max(5 * MINUTE, length / 48);
    for (let passed = 0; passed < length; passed += step) {
      time.now += step;
      await checkLinks(parts());
    }
    await notifier.runOnce();
  };
  const told = (): readonly string[] =>
    hooks.received.flatMap(({ body }) =>
      (JSON.parse(body) as { notices: { kind: string; text: string }[] }).notices.map(
        ({ kind, text }) => `${kind}: ${text.replaceAll(origin, '')}`,
      ),
    );
  const asked = (): readonly string[] => site.received.map(({ method, path }) => `${method} ${path}`);
  return { ...{ pages, site, origin, time, store, rules, parts, hooks, trouble }, passes, told, asked };
}

const rulesOf = (origin: string): string => `version: 1
saved_replies:
  route: "The way to us: ${origin}/route"
rules:
  - id: guide
    on: message
    keywords: [guide]
    reply: "Here: {{ account.vars.site }}/guide#start, {{ contact.fields.page }}"
  - { id: off, on: message, enabled: false, keywords: [x], reply: "${origin}/off" }
  - { id: more, on: message, keywords: [more], reply: "${origin}/guide or ${origin}/shop" }
`;

function workspaceOfText(text: string) {
  const [site = ''] = /http:\/\/[^/]+/u.exec(text) ?? [];
  const config = aConfig({ accounts: [{ ...anAccount(), vars: { site } }] });
  const parsed = parseRules(text, 'rules/shop.yaml', {
    ...{ accounts: config.accounts, calendars: [], checkTemplate, checkKeyword },
  });
  if (!parsed.ok) throw new Error(parsed.findings.map(({ message }) => message).join('\n'));
  return { config, set: compileSet(parsed.value.rules, [], () => null), saved: parsed.value.saved };
}

describe.each(Object.entries(STORES))('links that died, on %s', (_, open) => {
  it('are notified once, when a second check an hour later found them dead, with rule, file and line', async () => {
    const { pages, passes, told, asked, hooks } = await aShop(open);
    await passes(5 * MINUTE);
    expect([...asked()].sort()).toEqual(['HEAD /guide', 'HEAD /route', 'HEAD /shop']);
    await passes(HOUR);
    expect(asked()).toHaveLength(3);
    Object.assign(pages, { '/guide': 404, '/route': 410, '/shop': 500 });
    await passes(DAY - HOUR);
    // The daily check found them dead; the second check waits for an hour.
    expect(asked()).toHaveLength(7);
    expect(told()).toEqual([]);
    await passes(50 * MINUTE);
    expect(asked()).toHaveLength(7);
    await passes(20 * MINUTE);
    expect(asked().slice(7).sort()).toEqual(['GET /guide', 'HEAD /guide', 'HEAD /route']);
    expect([...told()].sort()).toEqual([
      'dead_link: The link /guide of rule guide (rules/shop.yaml:5), rule more (rules/shop.yaml:10) is dead: it responds with 404',
      'dead_link: The link /route of saved reply route (rules/shop.yaml:3) is dead: it responds with 410',
    ]);
    expect(hooks.received[0]!.body).toContain('https://replies.shop.example/rules');
    expect(hooks.received[0]!.body).toContain('Replace the link there');
    await passes(40 * DAY);
    expect(told()).toHaveLength(2);
  });

  it('are notified again only after they were alive in between', async () => {
    const { pages, passes, told } = await aShop(open);
    pages['/shop'] = 404;
    await passes(2 * HOUR);
    expect(told()).toHaveLength(1);
    // A failing server is neither dead nor alive.
    pages['/shop'] = 503;
    await passes(DAY);
    pages['/shop'] = 404;
    await passes(2 * DAY);
    expect(told()).toHaveLength(1);
    pages['/shop'] = 200;
    await passes(DAY);
    pages['/shop'] = 404;
    await passes(DAY + 2 * HOUR);
    expect(told()).toHaveLength(2);
  });

  it('are not notified if they were dead only once, or left the rules', async () => {
    const { pages, passes, told, rules, asked, store, origin } = await aShop(open);
    Object.assign(pages, { '/shop': 404, '/guide': 404, '/route': 404 });
    await passes(5 * MINUTE);
    expect((await store.deadLinks()).map(({ url }) => url.replace(origin, ''))).toEqual([
      '/guide',
      '/route',
      '/shop',
    ]);
    pages['/shop'] = 200;
    rules.text = rules.text.replaceAll('/guide', '/manual').replace('/route"', '/way"');
    await passes(2 * HOUR);
    expect(told()).toEqual([]);
    expect(await store.deadLinks()).toEqual([]);
    expect(asked()).not.toContain('HEAD /off');
  });

  it('are checked once a day by one of several workers, also after a restart', async () => {
    const { parts, asked, time } = await aShop(open);
    await Promise.all([checkLinks(parts()), checkLinks(parts()), checkLinks(parts())]);
    expect(asked()).toHaveLength(3);
    time.now += 23 * HOUR;
    await Promise.all([checkLinks(parts()), checkLinks(parts())]);
    expect(asked()).toHaveLength(3);
    time.now += HOUR;
    await Promise.all([checkLinks(parts()), checkLinks(parts())]);
    expect(asked()).toHaveLength(6);
    // The clock was ahead, and is set back.
    time.now -= 5 * DAY;
    await checkLinks(parts());
    expect(asked()).toHaveLength(9);
  });

  it('have one notice, although the worker died after it was stored', async () => {
    const { parts, time, pages, passes, told, store } = await aShop(open);
    pages['/shop'] = 404;
    await checkLinks(parts());
    time.now += HOUR;
    const dying = { ...store, saveLinkNews: () => Promise.reject(new Error('killed')) };
    await expect(checkLinks(parts({ store: dying }))).rejects.toThrow('killed');
    await passes(3 * HOUR);
    expect(told()).toHaveLength(1);
    expect(await store.deadLinks()).toMatchObject([{ notedAt: expect.any(Number) as number }]);
  });

  it('are not found on a machine without network, where no name exists', async () => {
    const { parts, rules, store, time } = await aShop(open);
    rules.text = rules.text.replace(/http:[^"]*\/shop/u, 'http://nowhere.invalid/shop');
    const isUnknown = await lookup('nowhere.invalid').catch((error: unknown) => error);
    await checkLinks(parts({ known: 'https://backend.nowhere.invalid/v2' }));
    expect(await store.deadLinks()).toEqual([]);
    time.now += DAY;
    await checkLinks(parts());
    expect(await store.deadLinks()).toHaveLength(
      (isUnknown as { code?: string }).code === 'ENOTFOUND' ? 1 : 0,
    );
  });

  it('end with a check that was stopped: what was not asked is neither dead nor alive', async () => {
    const { parts, pages, store, site } = await aShop(open);
    pages['/guide'] = 404;
    const stopping = new AbortController();
    site.respond = null;
    site.answer = null;
    const checking = checkLinks(parts({ signal: stopping.signal }));
    await expect.poll(() => site.received.length, PATIENCE).toBe(1);
    stopping.abort();
    expect(await checking).toBe(false);
    expect(await store.deadLinks()).toEqual([]);
  });
});

it('a notice about a dead link goes through every channel', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'links-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const out = join(folder, 'out.json');
  const script = join(folder, 'alert.mjs');
  writeFileSync(
    script,
    `import { readFileSync, writeFileSync } from 'node:fs'; writeFileSync(process.argv[2], readFileSync(0));`,
  );
  const services = { slack: await aSlack(), discord: await aDiscord(), telegram: await aTelegram() };
  const { slack, discord, telegram } = services;
  const { pages, passes, told, trouble, rules, origin } = await aShop(STORES['sqlite']!, {
    ...{ command: [process.execPath, script, out], slack, discord, telegram },
  });
  // An address of the longest kind, and one that mentions everyone.
  const long = `/${'a'.repeat(1_500)}`;
  rules.text = rules.text.replace('/shop"', `/shop/@everyone&x=1 and ${origin}${long}"`);
  Object.assign(pages, { '/shop/@everyone&x=1': 404, [long]: 404 });
  await passes(2 * HOUR);
  expect(trouble).toEqual([]);
  expect(told()).toHaveLength(2);
  expect(readFileSync(out, 'utf8')).toContain('dead_link');
  for (const { delivered } of Object.values(services)) {
    expect(delivered).toHaveLength(1);
    expect(delivered[0]!.body).toContain('rules/shop.yaml:10');
  }
});

it.each([
  [200, 'alive'],
  [301, 'alive'],
  [401, 'alive'],
  [403, 'alive'],
  [404, 'dead'],
  [405, 'unclear'],
  [410, 'dead'],
  [429, 'alive'],
  [451, 'unclear'],
  [500, 'unclear'],
  [503, 'unclear'],
] as const)('a link that responds with %i is %s', async (status, is) => {
  const site = await aReceiver();
  site.status = status;
  const states = await linkStates([site.url], { allowHosts: ['127.0.0.1'] });
  expect(states.get(site.url)?.is).toBe(is);
});

it('a link to an internal address is not requested, and not dead', async () => {
  const site = await aReceiver();
  site.status = 404;
  const states = await linkStates([site.url, 'http://169.254.169.254/latest'], { allowHosts: [] });
  expect([...states.values()].map(({ is }) => is)).toEqual(['unclear', 'unclear']);
  expect(site.received).toEqual([]);
});

it('links of a refused connection, and redirects to a page that is gone', async () => {
  const site = await aReceiver();
  site.respond = ({ path }) =>
    path === '/moved'
      ? { status: 302, headers: { location: '/gone' }, body: '' }
      : { status: 404, headers: {}, body: '' };
  const moved = new URL('/moved', site.url).href;
  const refused = 'http://127.0.0.1:65530/';
  const states = await linkStates([moved, refused], { allowHosts: ['127.0.0.1'] });
  expect(states.get(moved)).toEqual({ is: 'dead', why: 'responds with 404' });
  expect(states.get(refused)?.is).toBe('unclear');
});
