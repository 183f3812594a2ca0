import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createLogger } from '../../src/log/logger.js';
import { createApp } from '../../src/program/app.js';
import { startSandbox } from '../../src/sandbox/server.js';
import { aConfig, aDecision, anAccount, anAction, anEvent } from '../builders.js';
import { aRuleSet } from '../scenes/rule-set.js';
import { openCopied } from '../store/template.js';
import { PATIENCE } from '../patience.js';

const RULES =
  'version: 1\nrules:\n  - { id: pricing, on: message, keywords: [price], reply: From 20 EUR. }\n';
const WEBHOOK = {
  type: 'webhook',
  rule: 'pricing',
  url: 'https://crm.example/lead',
  secret: null,
  body: '{}',
} as const;

it('a program that is stopped during its start sends nothing and checks no send afterwards', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stop-'));
  const sandbox = await startSandbox({ limits: null });
  const opened = openCopied(join(folder, 'store.db'), Date.now);
  onTestFinished(async () => {
    await opened.close();
    await sandbox.close();
    rmSync(folder, { recursive: true });
  });
  const event = anEvent({ at: Date.now() });
  await opened.recordPage('messages', [{ event, beforeStart: false }], null);
  await opened.recordDecision(event, aDecision({ actions: [anAction()], effects: [WEBHOOK] }), Date.now());

  // Simulates a slow disk: the store responds only when the test allows it.
  let goOn = (): void => undefined;
  const gate = new Promise<void>((resolve) => (goOn = resolve));
  const used: string[] = [];
  let isStopped = false;
  const store = new Proxy(opened, {
    get: (target, name) => {
      if (isStopped && name !== 'recoverSends') used.push(String(name));
      if (name !== 'recoverSends') return Reflect.get(target, name) as unknown;
      return async (at: number) => {
        await gate;
        return target.recoverSends(at);
      };
    },
  });
  const account = anAccount();
  const blotato = { baseUrl: sandbox.url, apiKey: sandbox.apiKey };
  const config = aConfig({ accounts: [account], mode: 'live', blotato });
  const app = createApp({
    workspace: { config, set: aRuleSet(RULES, config) },
    ...{ store, clock: Date.now },
    logger: createLogger({ level: 'silent', pretty: false, secrets: [] }),
  });
  const starting = app.start();
  await vi.waitFor(() => expect(app.trouble()).toBeDefined(), PATIENCE);
  await app.stop();
  isStopped = true;
  goOn();
  await starting;
  await new Promise((resolve) => setImmediate(resolve));
  expect(used).toEqual([]);
  expect(sandbox.sends()).toEqual([]);
});
