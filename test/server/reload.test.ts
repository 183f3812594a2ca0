import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createLogger } from '../../src/log/logger.js';
import { loadWorkspaces } from '../../src/project/load-in-thread.js';
import { createReloader, liveWorkspace } from '../../src/project/reload.js';
import { createApi } from '../../src/server/api.js';
import { createPanels } from '../../src/server/panels.js';
import { sqliteReports } from '../../src/store/sqlite/store.js';
import { aDecision, anEvent, TUESDAY } from '../builders.js';
import { openCopied } from '../store/template.js';

const CONFIG = `version: 1
blotato: { api_key: key }
rules: ./rules.yaml
server: { port: 0, edit_rules: true }
accounts: [{ name: shop-ig, id: "1", platform: instagram }]
calendars: { shop: { timezone: Europe/Paris, open: { mon-fri: ["09:00-19:00"] } } }
`;
const RULES = `version: 1
rules:
  - { id: prices, on: message, keywords: [price], when: { fact: hours, params: { calendar: shop }, operator: equal, value: open }, reply: "Until {{ hours.shop.next_close | date: '%H:%M' }}." }
  - { id: away, on: message, keywords: [price], reply: Closed. }
tests:
  - { name: in the evening, event: { text: price?, at: "2026-11-24T18:30:00+01:00" }, expect: { rule: prices } }
`;
const EVENING = Date.parse('2026-11-24T18:30:00+01:00');
const TRY = { text: 'price?', kind: 'message', account: 'shop-ig', at: EVENING };

/** Answers of the dashboard's routes, asked before and after each reload of changed files. */
async function aDashboard() {
  const folder = mkdtempSync(join(tmpdir(), 'reloaded-'));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write('config.yaml', CONFIG);
  write('rules.yaml', RULES);
  const order = { file: join(folder, 'config.yaml'), env: {} };
  const loaded = await loadWorkspaces(order);
  if (!loaded.ok) throw new Error(loaded.findings[0]?.message);
  const workspaces = loaded.value.map((each) => liveWorkspace(each, () => TUESDAY));
  const clock = () => EVENING;
  const logger = createLogger({ level: 'silent', pretty: false, secrets: [] });
  const reloader = createReloader({ order, workspaces, onChange: () => undefined, clock, logger });
  const store = openCopied(join(folder, 'store.db'), clock);
  const source = { store, reports: sqliteReports(join(folder, 'store.db')), trouble: () => null };
  const panels = createPanels({ sourceOf: async () => source, clock });
  onTestFinished(async () => {
    await panels.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const event = anEvent({ sourceId: 'a', text: 'price?', at: EVENING });
  await store.recordPage('messages', [{ event, beforeStart: false }], null);
  await store.recordDecision(event, aDecision({ reason: 'no_match', rule: null, actions: [] }), EVENING);
  const api = createApi(await panels.panelOf(workspaces[0]!), () => ({ name: 'mia', role: 'owner' }));
  const ask = async (path: string, body?: object): Promise<unknown> => {
    const post = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const answer = await api.request(path, body && { ...post, body: JSON.stringify(body) });
    expect([path, answer.status]).toEqual([path, 200]);
    return answer.json();
  };
  const reload = async (files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) write(name, text);
    await reloader.reload('a test');
  };
  return { ask, reload };
}

const FAILED = [expect.stringContaining('expected rule prices, got away')];

it('tests, edited rules, comparisons, tries and examples use the calendars of the last reload', async () => {
  const { ask, reload } = await aDashboard();
  const paths = async (text = RULES) => ({
    tests: await ask('/tests'),
    check: await ask('/rule-files/files/rules.yaml/check', { text, replay: true }),
    compared: await ask('/diff', { rules: text.replace('Closed.', 'Not open.') }),
    tried: await ask('/try', TRY),
    rules: await ask('/rules'),
  });
  expect(await paths()).toMatchObject({
    tests: { tests: [{ failures: [] }] },
    check: { tests: [{ failures: [] }], diff: { groups: [] } },
    compared: { groups: [] },
    tried: { decision: { rule: 'prices' } },
    rules: { rules: [{ answers: [{ text: 'Until 19:00.' }] }, {}] },
  });
  await reload({ 'config.yaml': CONFIG.replace('19:00', '18:00') });
  expect(await paths()).toMatchObject({
    tests: { tests: [{ failures: FAILED }] },
    check: { tests: [{ failures: FAILED }], diff: { groups: [] } },
    compared: { groups: [{ title: 'away (replied), with other texts', n: 1 }] },
    tried: { decision: { rule: 'away' } },
    rules: { rules: [{ answers: [{ text: 'Until 18:00.' }] }, {}] },
  });
});

it('the editor reads the file that `rules` names since the last reload', async () => {
  const { ask, reload } = await aDashboard();
  await reload({ 'config.yaml': CONFIG.replace('rules.yaml', 'new.yaml'), 'new.yaml': RULES });
  expect(await ask('/rule-files')).toMatchObject({ files: ['new.yaml'] });
  expect(await ask('/rule-files/files/new.yaml')).toMatchObject({ text: RULES });
});

it('a calendar that a reload adds may be named in an edited rule', async () => {
  const { ask, reload } = await aDashboard();
  const calendar = '{ timezone: Europe/Paris, open: { mon-fri: ["09:00-19:00"] } }';
  await reload({ 'config.yaml': CONFIG.replace(/(calendars: \{)/u, `$1 cafe: ${calendar},`) });
  const text = RULES.replace('calendar: shop', 'calendar: cafe');
  expect(await ask('/rule-files/files/rules.yaml/check', { text })).toMatchObject({ faults: [] });
});
