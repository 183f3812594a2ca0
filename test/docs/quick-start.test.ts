import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startSandbox } from '../../src/sandbox/server.js';
import { PROCESSES } from '../e2e/cli.js';
import { runHere } from '../e2e/run-here.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const page = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

it(
  'the project of docs/quick-start.md passes doctor, check and test without a warning',
  PROCESSES,
  async (test) => {
    const sandbox = await startSandbox({ limits: null, queuedFor: 20 });
    const folder = mkdtempSync(join(tmpdir(), 'quick-start-'));
    test.onTestFinished(async () => {
      await sandbox.close();
      rmSync(folder, { recursive: true });
    });
    const quickStart = page('docs/quick-start.md');
    const env = { BLOTATO_API_KEY: /export BLOTATO_API_KEY=(\S+)\n/u.exec(quickStart)?.[1] ?? '' };
    const run = async (...args: string[]) => {
      const ended = await runHere(args, { cwd: folder, env });
      expect(ended).toMatchObject({ code: 0 });
      expect(`${ended.stdout}${ended.stderr}`).not.toMatch(/warning:|✗/u);
      return ended;
    };
    const init = /autoresponder (init --yes --url) http:\S+\n/u.exec(quickStart)?.[1] ?? '';
    await run(...init.split(' '), sandbox.url);
    expect((await run('doctor')).stdout).toContain('account shop-ig: 98434 is');

    const vars = /`(vars: \{ brand: "Lumen", site: [^`]+ \})`/u.exec(quickStart)?.[1] ?? '';
    const config = readFileSync(join(folder, 'config.yaml'), 'utf8')
      .replace('mode: shadow', 'mode: live')
      .replaceAll('vars: { brand: "Lumen" }', vars)
      .replace(/^calendars:\n(?: .*\n)+/mu, '');
    expect(config).toContain(`${vars} `);
    expect(config).not.toContain('shop:');
    writeFileSync(join(folder, 'config.yaml'), config);
    const rule = /```yaml\n([\s\S]*?)```/u.exec(page('README.md'))?.[1] ?? '';
    rmSync(join(folder, 'rules/first.yaml'));
    mkdirSync(join(folder, 'rules'), { recursive: true });
    writeFileSync(join(folder, 'rules/gift-cards.yaml'), rule);
    await run('check');
    expect((await run('test')).stdout).toContain('2 passed, 0 failed');
  },
);
