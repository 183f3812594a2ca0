import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadProject } from '../../src/project/project.js';

async function findings(config: string, rules: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'project-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'rules'));
  writeFileSync(join(folder, 'config.yaml'), config);
  writeFileSync(join(folder, 'rules', 'a.yaml'), rules);
  const project = await loadProject(join(folder, 'config.yaml'), {});
  return (project.ok ? project.warnings : project.findings).map(
    ({ file, line, code }) => `${file.slice(folder.length + 1)}:${line} ${code}`,
  );
}

const ACCOUNTS = `
accounts:
  - { name: shop-ig, id: "1", platform: instagram }
`;
const RULES = `version: 1
rules:
  - { id: a, on: message, keywords: [], reply: "x" }
  - { id: b, on: message, accounts: [shop-gi], keywords: [b], reply: "x" }
`;

describe('a project of configuration and rules', () => {
  it('reports errors of configuration and rules at once', async () => {
    const found = await findings(`version: 1\nmode: liv\nblotato: { api_key: k }${ACCOUNTS}`, RULES);
    expect(found.map((each) => each.split(' ')[0])).toEqual([
      'config.yaml:2',
      'rules/a.yaml:3',
      'rules/a.yaml:4',
    ]);
  });

  it('does not report an unknown account because another key of the configuration is wrong', async () => {
    const found = await findings(
      `version: 1\nmode: liv\nblotato: { api_key: k }${ACCOUNTS}`,
      RULES.replace('shop-gi', 'shop-ig'),
    );
    expect(found).toHaveLength(2);
  });

  it('refuses unknown holiday codes, at their place', async () => {
    const calendar =
      '\ncalendars:\n  shop:\n    timezone: Europe/Paris\n    open: { mon: ["09:00-12:00"] }\n    holidays: QQ\n';
    const found = await findings(
      `version: 1\nblotato: { api_key: k }${ACCOUNTS}${calendar}`,
      'version: 1\nrules: []',
    );
    expect(found).toEqual(['config.yaml:10 holidays']);
  });

  it('does not show an API key that was put into base_url by mistake', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'project-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'config.yaml');
    writeFileSync(
      file,
      `version: 1\nblotato: { base_url: "https://x.example/?api_key=blt_secret", api_key: k }${ACCOUNTS}`,
    );
    const project = await loadProject(file, {});
    expect(project.ok).toBe(false);
    expect(JSON.stringify(project)).not.toContain('blt_secret');
  });
});
