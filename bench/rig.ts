import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, createApp } from '../src/program/app.js';
import type { Config } from '../src/domain/config.js';
import type { Rule } from '../src/domain/rule.js';
import { createLogger } from '../src/log/logger.js';
import { openSqlite } from '../src/store/sqlite/store.js';
import type { Store } from '../src/store/ports/store.js';
import { aConfig, anAccount } from '../test/builders.js';
import { accountsOf, type Order, type Told, type Written } from './sandbox.js';
import { setOf } from './variants.js';
import type { Observer } from '../src/domain/observer.js';

/**
 * Runs the program over a store on disk, and the sandbox in another process. Throttles are unlimited, and
 * nothing is logged.
 */
export interface Rig {
  readonly app: App;
  readonly store: Store;
  readonly write: (messages: readonly Written[]) => Promise<Told>;
  readonly told: () => Promise<Told>;
  readonly close: () => Promise<void>;
}

export interface SandboxProcess {
  readonly url: string;
  readonly ask: (order: Order) => Promise<Told>;
  readonly close: () => void;
}

export async function forkSandbox(accounts: number): Promise<SandboxProcess> {
  const child = fork(new URL('./sandbox.js', import.meta.url), [String(accounts)]);
  const { url } = await next(child);
  const ask = async (order: Order): Promise<Told> => {
    child.send(order);
    return next(child);
  };
  return { url, ask, close: () => child.disconnect() };
}

function next(child: ChildProcess): Promise<Told> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error('the sandbox ended'));
    child.once('message', (told) => {
      child.off('exit', ended);
      resolve(told as Told);
    });
    child.once('exit', ended);
  });
}

export interface RigOptions {
  readonly accounts: number;
  readonly rules: readonly Rule[];
  readonly schedule?: string;
  readonly observer?: Observer;
  /** Reads and sends per minute. @default practically unlimited */
  readonly sendsPerMinute?: number;
  /** A store made by `seedJournal`. @default an empty store */
  readonly storePath?: string;
}

export async function openRig(options: RigOptions): Promise<Rig> {
  const { accounts, rules, schedule = '* * * * * *', observer, storePath } = options;
  const sandbox = await forkSandbox(accounts);
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const defaults = aConfig();
  const config: Config = {
    ...defaults,
    accounts: accountsOf(accounts).map(({ name, id, platform, nativeId }) =>
      anAccount({ name, id, platform, nativeId }),
    ),
    blotato: { baseUrl: sandbox.url, apiKey: 'sandbox-key' },
    store: { kind: 'sqlite', path: storePath ?? join(folder, 'bench.db') },
    poll: { ...defaults.poll, schedule, comments: false },
    throttle: {
      ...defaults.throttle,
      sendsPerMinute: options.sendsPerMinute ?? defaults.throttle.sendsPerMinute,
    },
    guards: { ...defaults.guards, perContact: { replies: 1_000_000, per: 60_000 }, loopBreaker: null },
  };
  const store = openSqlite(storePath ?? join(folder, 'bench.db'), Date.now);
  const app = createApp({
    workspace: { config, set: setOf(rules) },
    store,
    clock: Date.now,
    logger: createLogger({ level: 'silent', pretty: false, secrets: [] }),
    ...(observer ? { observer } : {}),
  });
  return {
    app,
    store,
    write: (messages) => sandbox.ask({ order: 'write', messages }),
    told: () => sandbox.ask({ order: 'sends' }),
    close: async () => {
      await app.stop();
      await store.close();
      sandbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
