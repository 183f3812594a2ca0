import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, type TestContext, vi } from 'vitest';
import { OPEN_STATES } from '../../src/domain/send.js';
import { ONLY_WORKSPACE } from '../../src/domain/workspaces.js';
import { liveWorkspace } from '../../src/project/reload.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { createPanels } from '../../src/server/panels.js';
import { sharedSource } from '../../src/server/shared-source.js';
import { startSites } from '../../src/server/start.js';
import { openPostgres } from '../../src/store/postgres/open.js';
import { postgresStore, workspaceOf } from '../../src/store/postgres/store.js';
import { aConfig, anAccount } from '../builders.js';
import { PROCESSES, type Running, start } from '../e2e/cli.js';
import { usePostgres } from '../postgres/use.js';
import { aRuleSet } from '../scenes/rule-set.js';

const databases = usePostgres();
const PATIENCE = { timeout: 90_000, interval: 50 };

const RULES = `version: 1
rules:
  - { id: pricing, on: message, keywords: [price], mode: approve, reply: "From 20 EUR, {{ contact.id }}." }
  - { id: hours, on: message, keywords: [hours], reply: "From nine to five, {{ contact.id }}." }
`;

interface DraftRow {
  readonly id: number;
  readonly version: number;
}

/** Two worker processes on one database, and a dashboard in another process. */
async function aShop(test: TestContext) {
  const sandbox = await startSandbox({ limits: null, queuedFor: 60, visibleAfter: 100 });
  const folder = mkdtempSync(join(tmpdir(), 'people-'));
  const url = await databases.empty();
  writeFileSync(join(folder, 'rules.yaml'), RULES);
  writeFileSync(
    join(folder, 'config.yaml'),
    `version: 1
mode: live
blotato: { base_url: "${sandbox.url}", api_key: "${sandbox.apiKey}" }
store: "${url}"
rules: ./rules.yaml
accounts: [{ name: shop-ig, id: "98434", platform: instagram, native_id: "1784140" }]
poll: { schedule: "* * * * * *", start: { lookback: 30m } }
throttle: { sends_per_minute: 10000, reads_per_minute: 10000 }
delivery: { visible_within: 500ms }
log: { level: warn, pretty: false }
`,
  );
  const workers: Running[] = [0, 1].map(() => start(test, ['run'], { cwd: folder }));
  await vi.waitFor(async () => {
    expect(JSON.stringify(sandbox.calls())).toMatch(/[1-9]/u);
  }, PATIENCE);
  const served = await openPostgres(url, { connections: 2 });
  const config = aConfig({
    workspace: ONLY_WORKSPACE,
    accounts: [anAccount()],
    store: { kind: 'postgres', url },
    mode: 'live',
  });
  const workspace = liveWorkspace({ config, set: aRuleSet(RULES, config) }, Date.now);
  const source = await sharedSource(served, config.workspace, () => null);
  const number = await workspaceOf(served, config.workspace);
  const store = postgresStore(served, { workspace: number, fencingToken: null }, Date.now);
  const panels = createPanels({ sourceOf: async () => source, clock: Date.now });
  const at = { host: '127.0.0.1', port: 0, token: null };
  const site = await startSites(at, { workspaces: [workspace], panels, clock: Date.now });
  test.onTestFinished(async () => {
    for (const worker of workers) worker.kill('SIGKILL');
    await Promise.all(workers.map(({ ended }) => ended));
    await site.close();
    await panels.close();
    await served.close();
    await sandbox.close();
    rmSync(folder, { recursive: true });
  });
  const api = `http://127.0.0.1:${site.port}/api`;
  const get = async <T>(path: string): Promise<T> => (await (await fetch(api + path)).json()) as T;
  const post = async (path: string, body: object): Promise<number> => {
    const headers = { 'content-type': 'application/json', 'x-requested-with': 'autoresponder' };
    return (await fetch(api + path, { method: 'POST', headers, body: JSON.stringify(body) })).status;
  };
  const drafts = async (): Promise<readonly DraftRow[]> =>
    (await get<{ drafts: readonly DraftRow[] }>('/drafts')).drafts;
  return {
    ...{ sandbox, workers, get, post },
    writes: (contact: string, text: string) => sandbox.receive({ account: 'shop-ig', contact, text }),
    /** The only draft, once there is one. */
    async draft(): Promise<DraftRow> {
      await vi.waitFor(async () => expect(await drafts()).toHaveLength(1), PATIENCE);
      return (await drafts())[0]!;
    },
    /** Waits until everything is decided and sent, and returns what a contact got. */
    async got(contact: string): Promise<readonly string[]> {
      await vi.waitFor(async () => {
        const rows = (await store.journal({ limit: 100 })).filter((row) => row.event.contact.id === contact);
        expect(rows.filter(({ event }) => event.direction === 'incoming')).not.toHaveLength(0);
        expect((await store.summary()).undecided).toBe(0);
        expect(await store.sends({ states: OPEN_STATES, limit: 1 })).toEqual([]);
      }, PATIENCE);
      return sandbox.sends().flatMap((send) => (send.recipientId === contact ? [send.text] : []));
    },
    reasons: async (contact: string) =>
      (await store.journal({ limit: 100 }))
        .filter(({ event }) => event.contact.id === contact && event.direction === 'incoming')
        .map(({ reason }) => reason)
        .reverse(),
  };
}

describe('two workers and a separate dashboard, on PostgreSQL', () => {
  it('send what people approve and write once, and nothing while they paused', PROCESSES, async (test) => {
    const shop = await aShop(test);
    const { post, get, writes, got, reasons, workers } = shop;

    // Two people approve the same draft at once.
    writes('ana', 'price?');
    const draft = await shop.draft();
    const approve = () => post(`/drafts/${draft.id}/approve`, { version: draft.version });
    expect((await Promise.all([approve(), approve()])).sort()).toEqual([200, 409]);
    expect(await got('ana')).toEqual(['From 20 EUR, ana.']);

    // A reply by hand is sent once, and automatic replies to the contact pause.
    writes('bob', 'is anybody there?');
    expect(await got('bob')).toEqual([]);
    // While it is typed, others see it, behind whichever dashboard.
    const typing = '/people/shop-ig/bob/typing';
    expect(await post(typing, { page: 'p1', text: 'Mia he' })).toBe(200);
    expect(await get(`${typing}?page=p2`)).toEqual({ typing: [{ by: 'owner', text: 'Mia he' }] });
    const { reply } = await get<{ reply: { version: string } }>('/people/shop-ig/bob');
    const text = 'Mia here, bob.';
    const byHand = () =>
      post('/replies', { account: 'shop-ig', contactId: 'bob', text, version: reply.version });
    expect((await Promise.all([byHand(), byHand()])).sort()).toEqual([200, 409]);
    expect(await got('bob')).toEqual([text]);
    writes('bob', 'hours?');
    await vi.waitFor(async () => expect(await reasons('bob')).toEqual(['replied', 'human_active']), PATIENCE);
    expect(await got('bob')).toEqual([text]);

    // A pause stops both workers, and its end both again.
    expect(await post('/pause', { scope: 'account:shop-ig', for: null })).toBe(200);
    writes('cem', 'hours?');
    await vi.waitFor(async () => expect(await reasons('cem')).toEqual(['paused']), PATIENCE);
    expect(await post('/resume', { scope: 'account:shop-ig' })).toBe(200);
    writes('dan', 'hours?');
    await vi.waitFor(async () => expect(await reasons('dan')).toEqual(['replied']), PATIENCE);
    expect(await got('dan')).toEqual(['From nine to five, dan.']);
    expect(await got('cem')).toEqual([]);

    // The worker that is left sends what is approved after the other one was killed.
    workers[0]!.kill('SIGKILL');
    writes('eve', 'price?');
    const last = await shop.draft();
    expect(await post(`/drafts/${last.id}/approve`, { version: last.version })).toBe(200);
    expect(await got('eve')).toEqual(['From 20 EUR, eve.']);
    expect(shop.sandbox.violations).toEqual([]);
  });
});
