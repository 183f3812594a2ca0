import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { type App, createApp } from '../src/program/app.js';
import type { AccountConfig, Config } from '../src/domain/config.js';
import type { Reason } from '../src/domain/reason.js';
import { createLogger } from '../src/log/logger.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../src/sandbox/server.js';
import type { Store } from '../src/store/ports/store.js';
import { aConfig } from './builders.js';
import { type Cleanup, OF_THIS_TEST } from './cleanup.js';
import { PATIENCE } from './patience.js';
import { aRuleSet } from './scenes/rule-set.js';
import { marksOf } from './store/known.js';
import { openCopied } from './store/template.js';

/** The sandbox and a program with its own store, for a test of a whole scenario. */
export interface Stage {
  readonly sandbox: Sandbox;
  readonly store: () => Store;
  readonly config: Config;
  /** Polls once and sends what is due. */
  once(): Promise<void>;
  /** Polls and sends until `halt` is called. */
  run(): Promise<void>;
  /** Restarts the program over the same store; with other settings or rules, if given. */
  restart(more?: Partial<Config>, rules?: string): Promise<void>;
  halt(): Promise<void>;
  /** The reasons of all journalled events, by the text of the event. */
  reasons(): Promise<Readonly<Record<string, Reason | null>>>;
}

export interface StageOptions {
  readonly rules: string;
  readonly config?: Partial<Config>;
  readonly sandbox?: Partial<SandboxOptions>;
  /** Time limit of one call of the API, in milliseconds. */
  readonly requestTimeout?: number;
  readonly test?: Cleanup;
}

export async function aStage({
  rules,
  config: more = {},
  sandbox: options = {},
  requestTimeout = 20_000,
  test = OF_THIS_TEST,
}: StageOptions): Promise<Stage> {
  const sandbox = await startSandbox({ limits: null, queuedFor: 20, ...options });
  const folder = mkdtempSync(join(tmpdir(), 'stage-'));
  const accounts = sandbox.world.accounts.map(toAccount);
  const config = aConfig({
    accounts,
    blotato: { baseUrl: sandbox.url, apiKey: sandbox.apiKey },
    store: { kind: 'sqlite', path: join(folder, 'stage.db') },
    ...more,
  });
  const logger = createLogger({ ...config.log, secrets: [] });

  let store: Store;
  let app: App;
  const open = (changed: Partial<Config> = {}, changedRules = rules): void => {
    const set = aRuleSet(changedRules, config);
    store = openCopied(join(folder, 'stage.db'), Date.now);
    const workspace = { config: { ...config, ...changed }, set };
    app = createApp({ workspace, store, clock: Date.now, logger, confirmAfter: 100, requestTimeout });
  };
  open();
  const halt = async (): Promise<void> => {
    await app.stop();
    await store.close();
  };
  let isHalted = false;
  test.onTestFinished(async () => {
    if (!isHalted) await halt();
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });

  return {
    sandbox,
    config,
    store: () => store,
    once: () => app.once(),
    run: async () => {
      await app.start();
      // On a busy machine the first call may time out, and messages of the test would then be older than the first
      // start.
      await vi.waitFor(async () => {
        for (const resource of ['messages', 'comments'] as const)
          expect((await marksOf(store, resource)).size).toBeGreaterThan(0);
      }, PATIENCE);
    },
    restart: async (changed, changedRules) => {
      await halt();
      open(changed, changedRules);
    },
    halt: async () => {
      await halt();
      isHalted = true;
    },
    reasons: async () => {
      const rows = await store.journal({ limit: 10_000 });
      return Object.fromEntries(rows.map((row) => [row.event.text, row.reason]));
    },
  };
}

function toAccount({
  name,
  id,
  platform,
  nativeId,
  pageId,
}: Sandbox['world']['accounts'][number]): AccountConfig {
  return { name, id, platform, nativeId, pageId: pageId ?? null, disclosure: null, vars: {} };
}
