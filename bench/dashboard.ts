// Response times of each dashboard page, with a journal of a year's work.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { openSqlite } from '../src/store/sqlite/store.js';
import type { Panel } from '../src/server/panel.js';
import { serve } from '../src/server/serve.js';
import { createSite } from '../src/server/site.js';
import { sqliteReports } from '../src/store/sqlite/store.js';
import { aConfig, anAccount } from '../test/builders.js';
import { ACCOUNT_COUNT, rulesOf } from './pipeline.js';
import { accountsOf } from './sandbox.js';
import { seedJournal } from './seed.js';
import { setOf } from './variants.js';

const pagesOf = (rows: number) => ({
  Today: '/api/today',
  'Now: the state': '/api/now',
  'Now: what came in': '/api/events',
  'Now: of a reason that is rare': '/api/events?reason=failed',
  'Now: of an account': '/api/events?account=account-7',
  Why: `/api/events/message:old-${Math.floor(rows / 2) + 1}`,
  'Needs you': '/api/attention',
  Drafts: '/api/drafts',
  Unanswered: '/api/unanswered/rules',
  'Unanswered: its groups, on demand': '/api/unanswered',
  Leads: '/api/leads',
  Funnels: '/api/funnels',
  'Funnels of a year': '/api/funnels?days=366',
  Conversations: '/api/people',
  'Conversations: a search': '/api/people?q=person-77',
  'a conversation': '/api/people/account-1/old-person-1',
  'Rules, 10,000 of them': '/api/rules',
  'the page itself': '/',
});

export interface Wait {
  readonly name: string;
  /** The first response, with nothing cached, in milliseconds. */
  readonly first: number;
  /** CPU time of program and client for it, in milliseconds; not set by builds of earlier releases. */
  readonly cpu?: number;
  /** Time of the slowest of the five following responses, in milliseconds. */
  readonly later: number;
}

export async function benchDashboard(rows: number): Promise<readonly Wait[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-dashboard-'));
  const storePath = join(folder, 'bench.db');
  seedJournal(storePath, rows);
  const accounts = accountsOf(ACCOUNT_COUNT).map(({ name, id, platform }) =>
    anAccount({ name, id, platform }),
  );
  const config = { ...aConfig(), accounts, store: { kind: 'sqlite' as const, path: storePath } };
  const store = openSqlite(storePath, Date.now);
  const set = setOf(rulesOf());
  const reports = sqliteReports(storePath);
  const panel: Panel = {
    ...{ config, store, reports, clock: Date.now },
    health: async () => ({ readAt: Date.now(), failing: [], isKeyRefused: false }),
    rules: () => ({ rules: set.rules.length, loadedAt: Date.now(), problem: null }),
    set: () => set,
    variables: [],
    tables: () => [],
    saved: () => [],
    reload: null,
    command: () => Promise.reject(new Error('nothing is done here')),
    metrics: async () => ({ text: '', contentType: 'text/plain' }),
    onChange: () => () => undefined,
  };
  const site = createSite({ token: null, health: panel.health, clock: Date.now, panel });
  const served = await serve(site, { host: '127.0.0.1', port: 0 });
  try {
    const waits: Wait[] = [];
    // The first request of the client loads its own modules, which a browser has; no page is cached by this one.
    await timeOf(`http://127.0.0.1:${served.port}/healthz`);
    for (const [name, path] of Object.entries(pagesOf(rows))) {
      const ask = () => timeOf(`http://127.0.0.1:${served.port}${path}`);
      const before = process.cpuUsage();
      const first = await ask();
      const { user, system } = process.cpuUsage(before);
      const later = [await ask(), await ask(), await ask(), await ask(), await ask()];
      waits.push({ name, first, cpu: (user + system) / 1_000, later: Math.max(...later) });
    }
    return waits;
  } finally {
    await served.close();
    await reports.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timeOf(url: string): Promise<number> {
  const began = performance.now();
  const response = await fetch(url);
  await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return performance.now() - began;
}
