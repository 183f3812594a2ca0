import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { decide } from '../../src/engine/decide.js';
import { MessageText } from '../../src/engine/text/text.js';
import type * as Built from '../../src/project/load-in-thread.js';
import { loadProject } from '../../src/project/project.js';
import { anEvent, facts } from '../builders.js';

const CONFIG = `version: 1
blotato: { api_key: k }
accounts:
  - { name: shop-ig, id: "1", platform: instagram }
calendars:
  shop: { timezone: Europe/Paris, open: { mon-fri: ["09:00-12:00"] } }
`;
// Import the built module: run from source, it starts no thread.
const { loadWorkspaces } = (await import(
  new URL('../../dist/cli/load-in-thread.js', import.meta.url).href
)) as typeof Built;

/** The one workspace of a file. */
async function loadAside(file: string) {
  const loaded = await loadWorkspaces({ file, env: {} });
  return loaded.ok ? { ...loaded, value: loaded.value[0]! } : loaded;
}

/** More rules than are loaded without a thread. */
const MANY = 700;

function rule(n: number): string {
  return `  - { id: rule-${n}, on: message, keywords: [word-${n}, "other ${n}"], priority: ${n % 7}, reply: "Number ${n}" }`;
}

/** A project with that number of generated rules, and the given rule as the last one. */
function project(last: string, many = MANY): string {
  const folder = mkdtempSync(join(tmpdir(), 'aside-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const rules = [...Array.from({ length: many }, (_, n) => rule(n)), last];
  writeFileSync(join(folder, 'config.yaml'), `${CONFIG}rules: ./rules.yaml\n`);
  writeFileSync(join(folder, 'rules.yaml'), `version: 1\nrules:\n${rules.join('\n')}\n`);
  expect(statSync(join(folder, 'rules.yaml')).size).toBeGreaterThan(64 * 1024);
  return join(folder, 'config.yaml');
}

describe('a large rule set that is loaded in a thread', () => {
  it('equals the set loaded directly, and decides the same', async () => {
    const file = project(rule(MANY));
    const [aside, whole] = [await loadAside(file), await loadProject(file, {})];
    if (!aside.ok || !whole.ok) throw new Error('the rules are wrong');
    expect(aside.value.config).toEqual(whole.value.config);
    expect(aside.value.set.rules.map((each) => each.rule)).toEqual(
      whole.value.set.rules.map((each) => each.rule),
    );
    const event = anEvent({ account: 'shop-ig', platform: 'instagram', text: 'is there WORD-77 left?' });
    const { acting } = await decide(event, facts(), aside.value.set);
    expect(acting.map(({ rule: { id }, keyword }) => ({ id, keyword }))).toEqual([
      { id: 'rule-77', keyword: 'word-77' },
    ]);
  });

  it('reports an error as usual, with its place', async () => {
    const file = project('  - { id: broken, on: message, keyword: [price], reply: "x" }');
    const [aside, whole] = [await loadAside(file), await loadProject(file, {})];
    expect(aside).toEqual({ ...whole, named: { wanted: [], files: [] } });
    expect(aside).toMatchObject({ ok: false, findings: [{ code: 'unknown-key', line: MANY + 3 }] });
  });

  it('gets the models that the thread trained, equal to those trained here', async () => {
    const asks = (what: string): string =>
      ['', 'please', 'hello', 'now', 'thanks'].map((more) => `"${what} ${more}"`).join();
    const file = project(
      `  - { id: when, on: message, examples: [${asks('when does my lamp arrive')}], mode: live, reply: Soon }
  - { id: back, on: message, examples: [${asks('can I send it back')}], mode: live, reply: Sure }`,
    );
    const [aside, whole] = [await loadAside(file), await loadProject(file, {})];
    if (!aside.ok || !whole.ok) throw new Error('the rules are wrong');
    const event = anEvent({ account: 'shop-ig', platform: 'instagram', text: 'when will the lamp arrive' });
    const traces = [aside.value.set, whole.value.set].map(({ meanings }) =>
      meanings.read(event, new MessageText(event.text))?.explain(),
    );
    expect(traces[0]).toMatchObject({ best: { rule: 'when' } });
    expect(traces[0]).toEqual(traces[1]);
  });

  it('does not block the program meanwhile', async () => {
    const file = project(rule(1_500), 1_500);
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 1);
    onTestFinished(() => clearInterval(counting));
    await loadAside(file);
    expect(turns).toBeGreaterThan(20);
  });

  it('starts no thread for rules that the last start parsed, and decides the same', async () => {
    const file = project(`${rule(MANY)}\n  - { id: odd, on: message, keywords: [ab], reply: "\u200b" }`);
    let threads = 0;
    const count = (): void => void (threads += 1);
    process.on('worker', count);
    onTestFinished(() => void process.off('worker', count));
    const start = () => loadWorkspaces({ file, env: {}, isStart: true });
    const first = await start();
    await vi.waitUntil(() => existsSync(join(file, '../data/autoresponder.db-rules')), 15_000);
    expect(threads).toBe(1);
    const again = await start();
    expect(threads).toBe(1);
    if (!first.ok || !again.ok) throw new Error('the rules are wrong');
    const told = ({ value, kept: _, ...rest }: typeof first) => ({
      ...rest,
      value: value.map(({ set, ...each }) => ({ ...each, rules: set.rules.map((every) => every.rule) })),
    });
    expect(told(again)).toEqual(told(first));
    const event = anEvent({ account: 'shop-ig', platform: 'instagram', text: 'is there WORD-77 left?' });
    const [{ set } = { set: null }] = again.value;
    expect((await decide(event, facts(), set!)).acting.map((each) => each.rule.id)).toEqual(['rule-77']);
    // A reload reads in the thread, so that the program is not blocked.
    await loadWorkspaces({ file, env: {} });
    expect(threads).toBe(2);
  });
});
