// Ten thousand rules from YAML to a compiled set, and how long the program answers to nothing meanwhile.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { checkTemplate } from '../src/actions/render.js';
import type { Rule } from '../src/domain/rule.js';
import { checkKeyword } from '../src/engine/text/keywords.js';
import { loadRules } from '../src/rules/load.js';
import { anAccount } from '../test/builders.js';
import { ACCOUNTS, trafficOf } from './traffic.js';
import { setOf } from './variants.js';

export async function benchReload(): Promise<{ readonly name: string; readonly value: number }[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-rules-'));
  try {
    const file = join(folder, 'rules.yaml');
    writeFileSync(file, yamlOf(trafficOf('word', 10_000, 1).rules));
    const accounts = ACCOUNTS.map((name) => anAccount({ name }));
    const began = performance.now();
    const loaded = loadRules(file, { accounts, calendars: [], checkTemplate, checkKeyword });
    const read = performance.now();
    if (!loaded.ok) throw new Error(loaded.findings[0]?.message ?? 'the rules are wrong');
    setOf(loaded.value.rules);
    const compiled = performance.now();
    return [
      { name: 'read and checked', value: read - began },
      { name: 'compiled', value: compiled - read },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

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
