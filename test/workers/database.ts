import { expect, vi } from 'vitest';
import type { Config } from '../../src/domain/config.js';
import type { Clock } from '../../src/domain/time.js';
import { createLogger } from '../../src/log/logger.js';
import { createSharedApp, type SharedApp, type SharedAppOptions } from '../../src/program/shared-app.js';
import { type SandboxOptions, startSharedSandbox, type Tenant } from '../../src/sandbox/server.js';
import { openPostgres } from '../../src/store/postgres/open.js';
import { findWorkspace, postgresStore } from '../../src/store/postgres/store.js';
import type { Store } from '../../src/store/ports/store.js';
import { aConfig } from '../builders.js';
import type { Cleanup } from '../cleanup.js';
import type { Databases } from '../postgres/use.js';
import { aRuleSet } from '../scenes/rule-set.js';
import { marksOf } from '../store/known.js';

export const PATIENCE = { timeout: 120_000, interval: 50 };
const RULES = `
version: 1
rules:
  - id: pricing
    on: message
    keywords: [price]
    reply: From 20 EUR.
  - id: hours
    on: message
    keywords: [open]
    reply: From 9 to 5.
`;

/** Several workspaces in one database, each with its own key for the same API. */
export async function aDatabase(
  { onTestFinished }: Cleanup,
  postgres: Databases,
  names: readonly string[],
  {
    latency = 0,
    release,
    pageSizeMost = 250,
  }: Pick<Partial<SandboxOptions>, 'latency' | 'release' | 'pageSizeMost'> = {},
) {
  const url = await postgres.database();
  const served = await openPostgres(url, { connections: 4 });
  const api = await startSharedSandbox(names, {
    limits: null,
    queuedFor: 20,
    latency,
    pageSizeMost,
    ...(release ? { release } : {}),
  });
  const sandboxOf = (name: string): Tenant => api.tenants.get(name)!;
  onTestFinished(async () => {
    await served.close();
    await api.close();
  });
  const workspaces = names.map((name) => {
    const config = configOf(name, { ...sandboxOf(name), url: api.url }, url);
    return { config, set: aRuleSet(RULES, config) };
  });

  /** Starts a worker. All workers of a test share the database, but not the connections to it. */
  const aWorker = async (more: Partial<SharedAppOptions> & { clock?: Clock } = {}): Promise<SharedApp> => {
    const { clock = Date.now, ...rest } = more;
    const own = await openPostgres(url, { connections: 6, clock });
    onTestFinished(() => own.close());
    const logger = createLogger({ level: 'silent', pretty: false, secrets: [] });
    const worker = createSharedApp({
      served: own,
      workspaces,
      logger,
      concurrency: 4,
      ...rest,
    });
    let stopping: Promise<void> | null = null;
    const stop = async (): Promise<void> => (stopping ??= worker.stop());
    onTestFinished(stop);
    await worker.start();
    return { ...worker, stop };
  };
  const storeOf = async (name: string): Promise<Store> =>
    postgresStore(
      served,
      { workspace: (await findWorkspace(served, name)) ?? 0, fencingToken: null },
      Date.now,
    );
  return { workspaces, served, sandboxOf, aWorker, storeOf };
}

function configOf(workspace: string, sandbox: Tenant & { readonly url: string }, url: string): Config {
  const accounts = sandbox.world.accounts.map(({ name, id, platform, nativeId, pageId }) => {
    return { name, id, platform, nativeId, pageId: pageId ?? null, disclosure: null, vars: {} };
  });
  const blotato = { baseUrl: sandbox.url, apiKey: sandbox.apiKey };
  return aConfig({ workspace, accounts, blotato, store: { kind: 'postgres', url } });
}

/** Waits until every list of the workspace has been read once: later messages are new. */
export async function isRead(store: Store): Promise<void> {
  await vi.waitFor(async () => {
    for (const resource of ['messages', 'comments'] as const)
      expect((await marksOf(store, resource)).size).toBeGreaterThan(0);
  }, PATIENCE);
}
