// Reload of ten thousand rules, from YAML to an active set, and the longest pause it causes.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Rule } from '../src/domain/rule.js';
import { loadConfigs } from '../src/config/load.js';
import { isSchedule } from '../src/poller/schedule.js';
import { loadWorkspaces } from '../src/project/load-in-thread.js';
import { readProjects, type Workspace } from '../src/project/project.js';
import { ACCOUNTS, trafficOf } from './traffic.js';
import { setOf } from './variants.js';

const RULES = 10_000;

export async function benchReload(): Promise<{ readonly name: string; readonly value: number }[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-rules-'));
  try {
    writeFileSync(join(folder, 'config.yaml'), CONFIG);
    writeFileSync(join(folder, 'rules.yaml'), yamlOf(trafficOf('word', RULES, 1).rules));
    const aside = await whileWatched(() => load(folder));
    const again = await whileWatched(() => load(folder));
    return [
      { name: 'read, checked and compiled beside the program', value: aside.lasted },
      { name: 'the same once more', value: again.lasted },
      { name: 'the longest pause of the program meanwhile', value: Math.max(aside.pause, again.pause) },
      ...(await inOnePiece(folder)),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function load(folder: string): Promise<Workspace> {
  const loaded = await loadWorkspaces({ file: join(folder, 'config.yaml'), env: {} });
  if (!loaded.ok) throw new Error(loaded.findings[0]?.message ?? 'the rules are wrong');
  const [only] = loaded.value;
  if (only?.set.rules.length !== RULES) throw new Error('a rule is missing');
  return only;
}

async function inOnePiece(folder: string): Promise<{ readonly name: string; readonly value: number }[]> {
  const began = performance.now();
  const file = join(folder, 'config.yaml');
  const loaded = await readProjects(loadConfigs(file, {}, isSchedule), file, {});
  const read = performance.now();
  if (!loaded.ok) throw new Error(loaded.findings[0]?.message ?? 'the rules are wrong');
  setOf(loaded.value[0]?.rules.rules ?? []);
  return [
    { name: 'in one piece: read and checked', value: read - began },
    { name: 'in one piece: compiled', value: performance.now() - read },
  ];
}

/** The longest time between two iterations of the event loop, garbage collection included. */
async function whileWatched(work: () => Promise<unknown>): Promise<{ lasted: number; pause: number }> {
  let pause = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    pause = Math.max(pause, now - last);
    last = now;
  }, 1);
  const began = performance.now();
  await work();
  const lasted = performance.now() - began;
  await new Promise((resolve) => setTimeout(resolve, 5));
  clearInterval(timer);
  return { lasted, pause };
}

const CONFIG = [
  'version: 1',
  'blotato: { base_url: "http://127.0.0.1:9", api_key: bench }',
  'store: sqlite:./bench.db',
  'rules: ./rules.yaml',
  'accounts:',
  ...ACCOUNTS.map((name, n) => `  - { name: ${name}, id: "${n}", platform: instagram }`),
  '',
].join('\n');

function yamlOf(rules: readonly Rule[]): string {
  const list = (values: readonly string[]): string =>
    `[${values.map((each) => JSON.stringify(each)).join(', ')}]`;
  const lines = rules.flatMap(({ id, platforms, accounts, keywords }) => [
    `  - id: ${id}`,
    ...(platforms.length > 0 ? [`    platforms: ${list(platforms)}`] : []),
    ...(accounts.length > 0 ? [`    accounts: ${list(accounts)}`] : []),
    `    keywords: ${list(keywords?.any ?? [])}`,
    '    reply: "Hello {{ contact.first_name | default: \'there\' }}!"',
  ]);
  return ['version: 1', 'defaults: { on: message }', 'rules:', ...lines, ''].join('\n');
}
