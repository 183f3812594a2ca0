import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { NotifyConfig } from '../../src/domain/notice.js';
import { createLogger } from '../../src/log/logger.js';
import { createApp } from '../../src/program/app.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { openSqlite } from '../../src/store/sqlite/store.js';
import { aConfig } from '../builders.js';
import { PATIENCE } from '../patience.js';
import { aReceiver } from '../scenes/receiver.js';
import { aRuleSet } from '../scenes/rule-set.js';

const NOTIFY: NotifyConfig = {
  ...{ kinds: ['dead_link'], digest: 0, silentAfter: 0, quiet: null, links: 'daily' },
  ...{ link: null, webhook: null, email: null, command: ['true'] },
};

async function aShop() {
  const sandbox = await startSandbox({ limits: null });
  const site = await aReceiver();
  const folder = mkdtempSync(join(tmpdir(), 'links-'));
  const store = openSqlite(join(folder, 'store.db'), Date.now);
  onTestFinished(async () => {
    await store.close();
    await sandbox.close();
    rmSync(folder, { recursive: true });
  });
  const app = (notify: NotifyConfig | null) => {
    const config = aConfig({
      ...{ notify, webhooks: { allowHosts: ['127.0.0.1'] } },
      blotato: { baseUrl: sandbox.url, apiKey: sandbox.apiKey },
    });
    const rules = `version: 1
rules:
  - { id: pricing, on: message, keywords: [price], reply: "See ${site.url}" }
`;
    return createApp({
      workspace: { config, set: aRuleSet(rules, config) },
      ...{ store, clock: Date.now, confirmAfter: 10 },
      logger: createLogger({ level: 'silent', pretty: false, secrets: [] }),
    });
  };
  return { site, app };
}

it('run --once checks the links after its sends, once a day, if that is configured', async () => {
  const { site, app } = await aShop();
  const { links: _, ...never } = NOTIFY;
  for (const notify of [null, never, { ...NOTIFY, kinds: ['failed'] as const }]) await app(notify).once();
  expect(site.received).toEqual([]);
  await app(NOTIFY).once();
  await app(NOTIFY).once();
  expect(site.received.map(({ method }) => method)).toEqual(['HEAD']);
});

it('a program that stops does not wait for the server of a link', async () => {
  const { site, app } = await aShop();
  site.answer = null;
  const program = app(NOTIFY);
  const running = program.once();
  await expect.poll(() => site.received.length, PATIENCE).toBe(1);
  await program.stop();
  await running;
  await app(NOTIFY).once();
  expect(site.received).toHaveLength(1);
});
