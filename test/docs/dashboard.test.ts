import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, vi } from 'vitest';
import { aProject, PROCESSES } from '../e2e/cli.js';
import { PATIENCE } from '../patience.js';

const PAGE = readFileSync(fileURLToPath(new URL('../../docs/dashboard.md', import.meta.url)), 'utf8');
const RULE =
  'version: 1\nrules:\n  - { id: pricing, on: message, keywords: [price], reply: "From 20 EUR." }\n';

it('the change of a rule by curl works as docs/dashboard.md writes it', PROCESSES, async (test) => {
  const token = 'token-of-the-owner';
  const config = { rules: './faq.yaml', server: `{ port: 0, token: ${token}, edit_rules: true }` };
  const { write, read, run } = await aProject(test, { config });
  write('faq.yaml', RULE);
  const running = run();
  await vi.waitFor(() => expect(running.stderr()).toContain('"msg":"dashboard started"'), PATIENCE);
  const port = /"port":(\d+)/u.exec(running.stderr())?.[1] ?? '';
  const command = /```sh\n(curl [\s\S]*?)```/u.exec(PAGE)?.[1] ?? '';
  const shell = promisify(execFile);
  const env = { ...process.env, AUTORESPONDER_TOKEN: token };
  const { stdout } = await shell('sh', ['-c', command.replace('8787', port)], { env });
  expect(JSON.parse(stdout)).toMatchObject({ problem: null });
  expect(read('faq.yaml')).toContain('mode: shadow');
});
