import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Config } from '../../src/domain/config.js';
import type { Platform } from '../../src/domain/event.js';
import { ROLES } from '../../src/domain/role.js';
import { DAY } from '../../src/domain/time.js';
import { createLogger, type Logger } from '../../src/log/logger.js';
import { loadWorkspaces } from '../../src/project/load-in-thread.js';
import { createReloader, type LiveWorkspace, liveWorkspace } from '../../src/project/reload.js';
import type { AgencyView } from '../../src/server/session-views.js';
import { createPanels } from '../../src/server/panels.js';
import { sharedSource } from '../../src/server/shared-source.js';
import { startSites } from '../../src/server/start.js';
import { createApp } from '../../src/program/app.js';
import { createSharedApp } from '../../src/program/shared-app.js';
import { startSharedSandbox } from '../../src/sandbox/server.js';
import { openPostgres, type PgStore } from '../../src/store/postgres/open.js';
import { postgresStore, acquireLease, workspaceOf } from '../../src/store/postgres/store.js';
import { sqliteReports } from '../../src/store/sqlite/store.js';
import { grantOf, REVIEW_KEY, reviewPath } from '../../src/actions/drafts/review-link.js';
import { reviewPaths } from '../../src/notify/drafts.js';
import { aConfig, aDecision, anAccount, anAction, anEvent } from '../builders.js';
import { runHere } from '../e2e/run-here.js';
import { usePostgres } from '../postgres/use.js';
import { aRuleSet } from '../scenes/rule-set.js';
import { openCopied } from '../store/template.js';

const RULES =
  'version: 1\nrules:\n  - { id: pricing, on: message, keywords: [price], reply: From 20 EUR. }\n';

const CONFIG = `version: 1
store: postgres://shop@127.0.0.1/shop
workspaces:
  - name: bakery
    blotato: { api_key: key-of-bakery }
    token: token-of-bakery
    rules: ./bakery.yaml
    accounts: [{ name: shop-ig, id: "1", platform: instagram }]
  - name: florist
    blotato: { api_key: key-of-florist }
    token: token-of-florist
    rules: ./florist.yaml
    accounts: [{ name: shop-ig, id: "2", platform: instagram }]
`;

let served: PgStore;
const databases = usePostgres((opened) => (served = opened));
const PATIENCE = { timeout: 30_000, interval: 50 };

/** Lets a person write to each workspace, then serves the dashboards. */
async function aSite(
  configs: readonly Config[],
  token: string | null | { readonly agencyToken: string },
  workspaces: readonly LiveWorkspace[] = configs.map((config) =>
    liveWorkspace({ config, set: aRuleSet(RULES, config) }, Date.now),
  ),
) {
  for (const { workspace } of configs) {
    const number = await workspaceOf(served, workspace);
    const store = postgresStore(served, await acquireLease(served, number, 'test'), Date.now);
    const contact = { id: `customer of ${workspace}`, name: null, username: null };
    await store.recordPage(
      'messages',
      [{ event: anEvent({ sourceId: workspace, contact }), beforeStart: false }],
      null,
    );
  }
  const panels = createPanels({
    sourceOf: ({ config }) => sharedSource(served, config.workspace, () => null),
    clock: Date.now,
  });
  const tokens = typeof token === 'object' ? { token: null, ...token } : { token };
  const at = { host: '127.0.0.1', port: 0, ...tokens };
  const site = await startSites(at, { workspaces, panels, clock: Date.now });
  onTestFinished(async () => {
    await site.close();
    await panels.close();
  });
  const url = `http://127.0.0.1:${site.port}`;
  const ask = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${url}${path}`, { headers });
  const logIn = async (given: string): Promise<string | null> => {
    const answer = await fetch(`${url}/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-requested-with': 'autoresponder' },
      body: JSON.stringify({ token: given }),
    });
    if (!answer.ok) return null;
    return answer.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ');
  };
  return { ask, logIn, url };
}

/** A workspace that is read from the sandbox, with its dashboard: of the process itself, or of another worker. */
async function aRunning(how: 'alone' | 'beside others') {
  const api = await startSharedSandbox(['bakery'], { limits: null });
  const sandbox = api.tenants.get('bakery')!;
  const folder = mkdtempSync(join(tmpdir(), 'health-'));
  const path = join(folder, 'store.db');
  const url = await databases.database();
  const postgres = { kind: 'postgres' as const, url };
  const config = aConfig({
    workspace: 'bakery',
    token: 'token-of-bakery',
    accounts: sandbox.world.accounts.map(({ name, id, platform, nativeId, pageId }) =>
      anAccount({ name, id, platform, nativeId, pageId: pageId ?? null }),
    ),
    blotato: { baseUrl: api.url, apiKey: sandbox.apiKey },
    store: how === 'alone' ? { kind: 'sqlite', path } : postgres,
  });
  const logger = createLogger({ level: 'silent', pretty: false, secrets: [] });
  const workspace = liveWorkspace({ config, set: aRuleSet(RULES, config) }, Date.now);
  const open = how === 'alone' ? startAlone : startBeside;
  const { source, stop } = await open({ workspace, logger, path, url });
  const panels = createPanels({ sourceOf: async () => source, clock: Date.now });
  const at = { host: '127.0.0.1', port: 0, token: null };
  const site = await startSites(at, { workspaces: [workspace], panels, clock: Date.now });
  onTestFinished(async () => {
    await Promise.all([site.close(), stop()]);
    await panels.close();
    await api.close();
    rmSync(folder, { recursive: true, force: true });
  });
  writeFileSync(join(folder, 'rules.yaml'), RULES);
  const owner =
    '{ blotato: { api_key: key }, rules: ./rules.yaml, accounts: [{ name: shop-ig, id: "1", platform: instagram }] }';
  const files =
    how === 'alone'
      ? `${owner.slice(0, -1)}, version: 1, store: sqlite:./store.db }`
      : `{ version: 1, store: "${url}", workspaces: [${owner.slice(0, -1)}, name: bakery }] }`;
  writeFileSync(join(folder, 'config.yaml'), files);
  const status = async (): Promise<unknown> => {
    const { stdout, stderr } = await runHere(['status', '--json'], { cwd: folder, env: {} });
    if (stdout === '') throw new Error(stderr);
    return (JSON.parse(stdout) as { failing: unknown }).failing;
  };
  const ask = (page: string, headers: Readonly<Record<string, string>>) =>
    fetch(`http://127.0.0.1:${site.port}${page}`, { headers });
  return { sandbox, ask, status };
}

interface Place {
  readonly workspace: LiveWorkspace;
  readonly logger: Logger;
  readonly path: string;
  readonly url: string;
}

async function startAlone({ workspace, logger, path }: Place) {
  const store = openCopied(path, Date.now);
  const app = createApp({ workspace, store, clock: Date.now, logger });
  void app.start();
  const stop = async () => {
    await app.stop();
    await store.close();
  };
  return { source: { store, reports: sqliteReports(path), trouble: app.trouble }, stop };
}

/** Starts a second worker, which reads the lists; the dashboard belongs to the first one. */
async function startBeside({ workspace, logger, url }: Place) {
  const [mine, others] = [await openPostgres(url), await openPostgres(url)];
  const worker = createSharedApp({ served: others, workspaces: [workspace], logger });
  await worker.start();
  const stop = async () => {
    await worker.stop();
    await Promise.all([mine.close(), others.close()]);
  };
  const source = await sharedSource(mine, 'bakery', () => null);
  return { source, stop };
}

const bakery = aConfig({ workspace: 'bakery', token: 'token-of-bakery' });
const florist = aConfig({ workspace: 'florist', token: 'token-of-florist' });
const silent = aConfig({ workspace: 'silent', token: null });
const tearoom = aConfig({ workspace: 'tearoom', token: 'token-of-tearoom' });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

it('a link in a notice shows its draft to anybody, and approves it once, by a click', async () => {
  const { url } = await aSite([tearoom, florist], null);
  const number = await workspaceOf(served, 'tearoom');
  const store = postgresStore(served, await acquireLease(served, number, 'test'), Date.now);
  for (const id of ['first', 'second']) {
    const contact = { id, name: '<b>Ana</b>', username: null };
    const event = anEvent({ sourceId: id, conversationId: id, at: Date.now(), contact });
    await store.recordPage('messages', [{ event, beforeStart: false }], null);
    const drafted = { reason: 'awaiting_approval', actions: [anAction({ awaits: true })] } as const;
    await store.recordDecision(event, aDecision(drafted), Date.now());
  }
  const paths = await reviewPaths(store, { workspace: 'tearoom', via: 'email' });
  const [path = '', other = ''] = paths.values();
  const get = async (at: string) => (await fetch(`${url}${at}`)).status;
  const click = async (at: string, act: string) =>
    (await fetch(`${url}${at}`, { method: 'POST', body: new URLSearchParams({ do: act }) })).status;
  // A scanner that fetches the link approves nothing.
  expect([await get(path), await get(path)]).toEqual([200, 200]);
  expect(await (await fetch(`${url}${path}`)).text()).toContain('&lt;b&gt;Ana&lt;/b&gt;');
  expect(await store.draftCount()).toBe(2);
  const [token = '', signature = ''] = path.split('/').at(-1)!.split('.');
  const [otherToken = ''] = other.split('/').at(-1)!.split('.');
  const forged = [
    path.replace('/tearoom/', '/florist/'),
    path.replace('/tearoom/', '/nowhere/'),
    `/review/tearoom/${otherToken}.${signature}`,
    `/review/tearoom/${token}.${signature.slice(1)}`,
    `/review/tearoom/${token}`,
  ];
  for (const each of forged)
    expect([each, await get(each), await click(each, 'approve')]).toEqual([each, 404, 404]);
  expect(await click(path, 'edit')).toBe(403);
  const key = { workspace: 'tearoom', secret: await store.secret(REVIEW_KEY, 'not used') };
  const [draft] = await store.drafts({ limit: 1 });
  const dropOnly = reviewPath(grantOf(draft!, 'email', ['drop']), key);
  expect(await click(dropOnly, 'approve')).toBe(403);
  const expired = reviewPath({ ...grantOf(draft!, 'email'), until: Date.now() - 1 }, key);
  expect([await get(expired), await click(expired, 'approve')]).toEqual([410, 410]);
  const ofAnother = reviewPath({ ...grantOf(draft!, 'email'), digest: 'of a draft before a restore' }, key);
  expect(await click(ofAnother, 'approve')).toBe(410);
  expect(await store.draftCount()).toBe(2);
  expect(await click(path, 'approve')).toBe(200);
  expect([await get(path), await click(path, 'approve'), await click(path, 'drop')]).toEqual([410, 410, 410]);
  const [left] = await store.drafts({ limit: 9 });
  const edits = [{ send: left!.id, text: 'From 30 EUR.' }];
  await store.changeDraft({ do: 'edit', id: left!.id, version: 0, edits, by: 'mia' }, Date.now());
  expect(await click(other, 'approve')).toBe(409);
  expect(await store.audit({ subject: `send ${left!.id}` })).toMatchObject([{ action: 'draft_edit' }]);
});

describe('the dashboards of several workspaces', () => {
  it('show each owner their own people, by the token of the workspace', async () => {
    const { ask } = await aSite([bakery, florist, silent], 'common');
    for (const name of ['bakery', 'florist']) {
      const answer = await ask('/api/people', bearer(`token-of-${name}`));
      const { people } = (await answer.json()) as { people: { contactId: string }[] };
      expect(people.map(({ contactId }) => contactId)).toEqual([`customer of ${name}`]);
    }
  });

  it('open with the role of each further token of the workspace, and no other dashboard', async () => {
    const people = ROLES.map((role) => ({ name: `mia-${role}`, role, token: `${role}-of-bakery` }));
    const { ask, logIn } = await aSite([{ ...bakery, token: null, tokens: people }, florist], null);
    for (const { name, role, token } of people) {
      const session = { isIn: true, workspace: 'bakery', name, role };
      for (const headers of [bearer(token), { cookie: (await logIn(token)) ?? '' }])
        expect(await (await ask('/session', headers)).json()).toMatchObject(session);
    }
    const { people: shown } = (await (await ask('/api/people', bearer('viewer-of-bakery'))).json()) as {
      people: { contactId: string }[];
    };
    expect(shown.map(({ contactId }) => contactId)).toEqual(['customer of bakery']);
  });

  it('refuse requests without a token, with a wrong one, or with that of the server', async () => {
    const { ask, logIn } = await aSite([bakery, florist, silent], 'common');
    expect((await ask('/api/people')).status).toBe(401);
    expect((await ask('/api/people', bearer('nonsense'))).status).toBe(401);
    expect((await ask('/api/people', bearer('common'))).status).toBe(401);
    for (const headers of [{}, bearer('nonsense')]) {
      const metrics = await ask('/metrics', headers);
      expect(metrics.status).toBe(401);
      expect(await metrics.text()).toContain('send the token of a workspace');
    }
    expect(await logIn('nonsense')).toBeNull();
    expect((await ask('/healthz')).status).toBe(200);
  });

  it('limit a browser to the workspace that it logged in to', async () => {
    const { ask, logIn } = await aSite([bakery, florist], null);
    const cookie = await logIn('token-of-bakery');
    const own = await ask('/api/people', { cookie: cookie ?? '' });
    expect(await own.json()).toMatchObject({ people: [{ contactId: 'customer of bakery' }] });
    const forged = (cookie ?? '').replace(
      'autoresponder_workspace=bakery',
      'autoresponder_workspace=florist',
    );
    expect(forged).not.toBe(cookie);
    expect((await ask('/api/people', { cookie: forged })).status).toBe(401);
    expect((await ask('/api/people', { cookie: 'autoresponder_workspace=silent' })).status).toBe(401);
  });

  it('are ready when the lists of their workspace were read by any worker', async () => {
    const { ask } = await aSite([bakery, florist], null);
    const number = await workspaceOf(served, 'bakery');
    const store = postgresStore(served, await acquireLease(served, number, 'test'), Date.now);
    const read = (platform: Platform, at: number) =>
      store.endPoll([{ resource: 'messages', watermarks: new Map([[platform, at]]), at }], at);
    await read('instagram', Date.now());
    // The poll state of an account that is no longer configured is ignored.
    await read('bluesky', Date.now() - DAY);
    expect((await ask('/readyz', bearer('token-of-bakery'))).status).toBe(200);
    expect((await ask('/readyz', bearer('token-of-florist'))).status).toBe(503);
    expect((await ask('/readyz')).status).toBe(401);
  });

  it.for(['alone', 'beside others'] as const)(
    'report for a workspace that runs %s which lists cannot be read, their recovery, and what was sent',
    { timeout: 60_000 },
    async (how) => {
      const { sandbox, ask, status } = await aRunning(how);
      const bad = async (path: string, headers = bearer('token-of-bakery')) => {
        const response = await ask(path, headers);
        return { code: response.status, ...((await response.json()) as object) };
      };
      const ready = { code: 200, failing: [] };
      await vi.waitFor(async () => expect(await bad('/readyz')).toMatchObject(ready), PATIENCE);

      sandbox.fault(({ path }) => (path === '/v2/comments' ? 'forbidden' : 'none'));
      const failing = { code: 503, failing: ['comments'] };
      await vi.waitFor(async () => expect(await bad('/readyz')).toMatchObject(failing), PATIENCE);
      expect(await bad('/api/now')).toMatchObject({ failing: ['comments'], isKeyRefused: false });
      const comments = { list: 'comments', error: expect.any(String) as string, keyRefused: false };
      expect(await status()).toMatchObject([comments]);

      sandbox.fault(() => 'unauthorized');
      const refused = { isKeyRefused: true, failing: ['messages', 'comments'] };
      await vi.waitFor(async () => expect(await bad('/api/attention')).toMatchObject(refused), PATIENCE);
      expect(await bad('/readyz')).toMatchObject({ code: 503 });
      const lists = [{ list: 'messages', keyRefused: true }, { keyRefused: true }];
      expect(await status()).toMatchObject(lists);

      sandbox.receive({ account: 'shop-ig', contact: 'ana', text: 'price?' });
      sandbox.fault(null);
      await vi.waitFor(async () => expect(await bad('/readyz')).toMatchObject(ready), PATIENCE);
      expect(await bad('/api/now')).toMatchObject({ failing: [], isKeyRefused: false, isReadLate: false });
      expect(await status()).toEqual([]);

      // Another process than the one that is asked may have decided and sent.
      const metrics = async () => (await ask('/metrics', bearer('token-of-bakery'))).text();
      const counted = [
        /^autoresponder_decisions_total\{.*reason="queued".*\} 1$/mu,
        /^autoresponder_attempts_total\{.*\} 1$/mu,
      ];
      await vi.waitFor(async () => {
        for (const line of counted) expect(await metrics()).toMatch(line);
      }, PATIENCE);
    },
  );

  it('block a client for a while after wrong tokens', async () => {
    const { ask } = await aSite([bakery, florist], null);
    for (let guess = 0; guess < 5; guess += 1) {
      expect((await ask('/api/people', bearer(`guess ${guess}`))).status).toBe(401);
    }
    expect((await ask('/api/people', bearer('token-of-bakery'))).status).toBe(429);
    expect((await ask('/healthz', bearer('token-of-bakery'))).status).toBe(200);
  });

  it('limit the size of a login request', async () => {
    const { url } = await aSite([bakery, florist], null);
    const body = JSON.stringify({ token: 'x'.repeat(3_000_000) });
    expect((await fetch(`${url}/login`, { method: 'POST', body })).status).toBe(413);
  });

  it('report changed rules with errors to their owner, and activate those of the others', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'panels-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const write = (name: string, text: string) => writeFileSync(join(folder, `${name}.yaml`), text);
    write('config', CONFIG);
    for (const name of ['bakery', 'florist']) write(name, RULES);
    const order = { file: join(folder, 'config.yaml'), env: {} };
    const loaded = await loadWorkspaces(order);
    if (!loaded.ok) throw new Error(loaded.findings[0]?.message);
    const workspaces = loaded.value.map((each) => liveWorkspace(each, Date.now));
    const logger = createLogger({ level: 'silent', pretty: false, secrets: [] });
    const onChange = () => undefined;
    const reloader = createReloader({ order, workspaces, onChange, clock: Date.now, logger });
    const { ask } = await aSite([bakery, florist], null, workspaces);
    const faults = async (name: string) => {
      const answer = await ask('/api/attention', bearer(`token-of-${name}`));
      const { problem } = (await answer.json()) as { problem: { faults: string[] } | null };
      return problem?.faults ?? null;
    };

    write('bakery', RULES.replace('keywords', 'keyword'));
    write('florist', RULES.replace('20', '30'));
    const before = workspaces.map(({ set }) => set);
    await reloader.reload('a test');
    expect(await faults('bakery')).toEqual([
      expect.stringMatching(/bakery\.yaml:3:\d+: unknown key "keyword"/u),
    ]);
    expect(await faults('florist')).toBeNull();
    expect(workspaces.map(({ set }, n) => set === before[n])).toEqual([true, false]);
    const ready = await ask('/readyz', bearer('token-of-bakery'));
    expect(await ready.json()).toMatchObject({ rules_faults: [expect.stringContaining('bakery.yaml:3:')] });
    write('bakery', RULES);
    await reloader.reload('a test');
    expect([await faults('bakery'), await faults('florist')]).toEqual([null, null]);
  });

  it('report changed accounts only to their workspace, and activate the rules of the others', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'panels-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const write = (name: string, text: string) => writeFileSync(join(folder, `${name}.yaml`), text);
    write('config', CONFIG);
    for (const name of ['bakery', 'florist']) write(name, RULES);
    const order = { file: join(folder, 'config.yaml'), env: {} };
    const loaded = await loadWorkspaces(order);
    if (!loaded.ok) throw new Error(loaded.findings[0]?.message);
    const workspaces = loaded.value.map((each) => liveWorkspace(each, Date.now));
    const logger = createLogger({ level: 'silent', pretty: false, secrets: [] });
    const changed: string[] = [];
    const onChange = (name: string) => void changed.push(name);
    const reloader = createReloader({ order, workspaces, onChange, clock: Date.now, logger });
    const sets = workspaces.map(({ set }) => set);

    write('config', CONFIG.replace('id: "1"', 'id: "3"'));
    await reloader.reload('a test');
    expect(workspaces.map(({ problem }) => problem?.faults ?? null)).toEqual([
      [expect.stringContaining('config.yaml: accounts changed')],
      null,
    ]);
    expect(workspaces.map(({ set }, n) => set === sets[n])).toEqual([true, false]);
    expect(changed).toEqual(['bakery', 'florist']);
  });

  it('are reloaded while they run when their files in the folder of workspaces change', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'panels-'));
    mkdirSync(join(folder, 'shops'));
    const over = new AbortController();
    const write = (name: string, text: string) => writeFileSync(join(folder, `${name}.yaml`), text);
    write('config', 'version: 1\nstore: postgres://shop@127.0.0.1/shop\nworkspaces: ./shops\n');
    const shop = (name: string, rules: string) =>
      `blotato: { api_key: ${name} }\nrules: ../${rules}.yaml\naccounts: [{ name: shop-ig, id: "1", platform: instagram }]\n`;
    for (const name of ['bakery', 'florist']) write(`shops/${name}`, shop(name, 'rules'));
    write('rules', RULES);
    write('summer', RULES.replace('20', '30'));
    const order = { file: join(folder, 'config.yaml'), env: {} };
    const loaded = await loadWorkspaces(order);
    if (!loaded.ok) throw new Error(loaded.findings[0]?.message);
    const workspaces = loaded.value.map((each) => liveWorkspace(each, Date.now));
    const logger = createLogger({ level: 'silent', pretty: false, secrets: [] });
    const reloader = createReloader({
      order,
      workspaces,
      onChange: () => undefined,
      clock: Date.now,
      logger,
    });
    const watching = reloader.watch(over.signal);
    onTestFinished(async () => {
      over.abort();
      await watching;
      rmSync(folder, { recursive: true, force: true });
    });
    const problems = () => workspaces.map(({ problem }) => problem !== null);
    const replies = () => workspaces.map(({ set }) => JSON.stringify(set.written).match(/\d0 EUR/u)?.[0]);
    expect(replies()).toEqual(['20 EUR', '20 EUR']);
    write('shops/bakery', `modus: live\n${shop('bakery', 'summer')}`);
    await vi.waitFor(() => expect(problems()).toEqual([true, false]), PATIENCE);
    write('shops/bakery', shop('bakery', 'summer'));
    await vi.waitFor(() => expect(replies()).toEqual(['30 EUR', '20 EUR']), PATIENCE);
    expect(problems()).toEqual([false, false]);
  });

  it('have separate figures', async () => {
    const { ask } = await aSite([bakery, florist], null);
    const text = await (await ask('/metrics', bearer('token-of-bakery'))).text();
    expect(text).toMatch(/^autoresponder_live 1$/mu);
    expect(text).not.toContain('florist');
  });

  it("use the server's token with a single workspace", async () => {
    const alone = aConfig({ workspace: 'alone' });
    const { ask } = await aSite([alone], 'common');
    expect((await ask('/api/people')).status).toBe(401);
    const answer = await ask('/api/people', bearer('common'));
    expect(await answer.json()).toMatchObject({ people: [{ contactId: 'customer of alone' }] });
  });

  it('tell the agency and the owner why a list cannot be read', async () => {
    const { ask } = await aSite([bakery, florist], { agencyToken: 'token-of-all' });
    const number = await workspaceOf(served, 'bakery');
    const store = postgresStore(served, await acquireLease(served, number, 'test'), Date.now);
    const error = 'GET /v2/messages: 503';
    await store.saveReadFailures([{ resource: 'messages', since: 1, error, isKeyRefused: false }]);
    const { rows } = (await (await ask('/api/agency', bearer('token-of-all'))).json()) as AgencyView;
    expect(rows.map(({ failing, causes }) => [failing, causes])).toEqual([
      [['messages'], { messages: error }],
      [[], {}],
    ]);
    const ready = await ask('/readyz', bearer('token-of-bakery'));
    expect(await ready.json()).toMatchObject({ failing: ['messages'], causes: { messages: error } });
  });

  it('are shown together, and opened one by one, with the token of the agency', async () => {
    const { ask, logIn, url } = await aSite([bakery, florist, silent], { agencyToken: 'token-of-all' });
    const { rows } = (await (await ask('/api/agency', bearer('token-of-all'))).json()) as AgencyView;
    expect(rows.map(({ workspace, error }) => [workspace, error])).toEqual([
      ['bakery', null],
      ['florist', null],
      ['silent', null],
    ]);
    expect((await ask('/api/agency')).status).toBe(401);
    expect((await ask('/api/agency', bearer('token-of-bakery'))).status).toBe(404);
    expect((await ask('/api/people', bearer('token-of-all'))).status).toBe(404);
    for (const path of ['/metrics', '/readyz']) {
      const refused = await ask(path, bearer('token-of-all'));
      expect(refused.status).toBe(404);
      expect(await refused.text()).toContain('send the `token` of that');
    }

    const browser = (await logIn('token-of-all')) ?? '';
    const session = async (cookie: string) => (await (await ask('/session', { cookie })).json()) as object;
    expect(await session(browser)).toMatchObject({ isIn: true, agency: 'all', workspace: null });
    const open = (cookie: string, workspace: string | null, own: Record<string, string> = {}) =>
      fetch(`${url}/open`, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json', 'x-requested-with': 'autoresponder', ...own },
        body: JSON.stringify({ workspace }),
      });
    const opened = await open(browser, 'silent');
    const chosen = opened.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
    const within = browser.replace('autoresponder_workspace=*', String(chosen[0]));
    expect(within).toContain('autoresponder_workspace=silent');
    expect(await session(within)).toMatchObject({ isIn: true, agency: 'one', workspace: 'silent' });
    expect(await (await ask('/api/people', { cookie: within })).json()).toMatchObject({
      people: [{ contactId: 'customer of silent' }],
    });
    expect((await open(browser, 'nowhere')).status).toBe(404);
    expect((await open(browser, 'silent', { 'x-requested-with': '' })).status).toBe(403);

    // An owner of one workspace cannot open another workspace.
    const owner = (await logIn('token-of-bakery')) ?? '';
    expect((await open(owner, 'florist')).status).toBe(401);
    const forged = owner.replace('autoresponder_workspace=bakery', 'autoresponder_workspace=*');
    expect((await ask('/api/agency', { cookie: forged })).status).toBe(401);
    const wrong = await ask('/api/people', bearer('nonsense'));
    expect(((await wrong.json()) as { error: string }).error).toBe(
      'send the token of a workspace (`token`) or of the agency (`server.agency_token`) as `Authorization: Bearer`, or log in',
    );
  });
});
