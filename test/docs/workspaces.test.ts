import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { PROCESSES } from '../e2e/cli.js';
import { runHere } from '../e2e/run-here.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The YAML blocks of a page, without their indentation. */
function blocks(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/^( *)```yaml\n([\s\S]*?)^\1```$/gmu)].map(([, indent = '', yaml = '']) =>
    yaml.replaceAll(new RegExp(`^${indent}`, 'gmu'), ''),
  );
}

it.each(['check', 'test'])(
  'the files of docs/workspaces.md, written as the page says, pass `%s` without a warning',
  PROCESSES,
  async (command) => {
    const folder = mkdtempSync(join(tmpdir(), 'agency-'));
    try {
      const [config = '', away = ''] = blocks('docs/workspaces.md');
      const [giftCards = ''] = blocks('README.md');
      const files = {
        'config.yaml': config,
        'rules/gift-cards.yaml': giftCards,
        'rules/away.yaml': away,
        'florist/rules/away.yaml': away,
      };
      for (const [file, text] of Object.entries(files)) {
        mkdirSync(join(folder, dirname(file)), { recursive: true });
        writeFileSync(join(folder, file), text);
      }
      const link =
        /```sh\n *(ln -s .+)\n/u.exec(readFileSync(join(ROOT, 'docs/workspaces.md'), 'utf8'))?.[1] ?? '';
      execFileSync('sh', ['-c', link], { cwd: folder });
      const env = {
        ...{ DATABASE_URL: 'postgres://shops:secret@127.0.0.1:5432/shops', BAKERY_TOKEN: 'token-of-bakery' },
        AGENCY_TOKEN: 'token-of-agency',
        MIA_TOKEN: 'token-of-mia-1',
      };
      const { code, stdout, stderr } = await runHere([command], { cwd: folder, env });
      expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
      expect(`${stdout}${stderr}`).not.toContain('warning:');
      if (command === 'test') expect(stdout).toContain('\n8 passed, 0 failed');
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
