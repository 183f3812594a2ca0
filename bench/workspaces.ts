// `npm run bench:workspaces -- --workspaces 10000 --cadence 60 --for 4m`: one worker, many workspaces, on PostgreSQL. The
// API is a server of its own process that answers every list with nothing new: what is measured is the worker.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseDuration, SECOND } from '../src/domain/time.js';
import { createLogger } from '../src/log.js';
import { createSharedApp } from '../src/shared-app.js';
import { openServed } from '../src/store/postgres/open.js';
import { aConfig, anAccount } from '../test/builders.js';
import { startPostgres } from '../test/postgres/server.js';
import { aRuleSet } from '../test/scenes/rule-set.js';

const ROLE = 'BENCH_ROLE';
const RULES =
  'version: 1\nrules:\n  - { id: pricing, on: message, keywords: [price], reply: From 20 EUR. }\n  - { id: guide, on: comment, keywords: [guide], private_reply: Here it is. }\n';

if (process.env[ROLE] === 'api') await serveApi();
else if (process.env[ROLE] === 'worker') await work();
else await measure();

/** An API where nobody writes: it tells its parent of each list that was asked for, by the key. */
async function serveApi(): Promise<void> {
  const server = createServer((incoming, outgoing) => {
    const key = String(incoming.headers['blotato-api-key'] ?? '');
    const path = (incoming.url ?? '').split('?')[0];
    if (process.connected) process.send?.({ key, path, at: Date.now() });
    outgoing.setHeader('content-type', 'application/json');
    outgoing.end(JSON.stringify({ items: [], pagination: { nextPageToken: null } }));
  });
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
  await once(process, 'disconnect');
  process.exit();
}

interface Order {
  readonly url: string;
  readonly api: string;
  readonly workspaces: number;
  readonly cadence: number;
  readonly concurrency: number;
}

/** The process that is measured. */
async function work(): Promise<void> {
  const order = JSON.parse(process.env['BENCH_ORDER'] ?? '{}') as Order;
  const { url, api, workspaces, cadence, concurrency } = order;
  const schedule = cadence >= 60 ? '0 * * * * *' : `*/${cadence} * * * * *`;
  const accounts = [anAccount()];
  const shared = aConfig({ accounts, store: { kind: 'postgres', url } });
  const set = aRuleSet(RULES, shared);
  const all = Array.from({ length: workspaces }, (_, n) => ({
    config: {
      ...shared,
      workspace: `w${n}`,
      blotato: { baseUrl: api, apiKey: `key-${n}` },
      poll: { ...shared.poll, schedule },
    },
    set,
  }));
  const served = await openServed(url, { connections: concurrency });
  const logger = createLogger({ level: 'warn', pretty: false, secrets: [] });
  const app = createSharedApp({ url, served, workspaces: all, clock: Date.now, logger, concurrency });
  await app.start();
  process.send?.({ started: true });
  setInterval(() => {
    const { rss } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    process.send?.({ rss, cpu: (user + system) / 1e6, up: process.uptime() });
  }, SECOND);
  await once(process, 'disconnect');
  process.exit();
}

async function measure(): Promise<void> {
  const { values } = parseArgs({
    options: {
      workspaces: { type: 'string', default: '10000' },
      cadence: { type: 'string', default: '60' },
      workers: { type: 'string', default: '1' },
      concurrency: { type: 'string', default: '20' },
      for: { type: 'string', default: '4m' },
    },
  });
  const [workspaces, cadence, workers] = [
    Number(values.workspaces),
    Number(values.cadence),
    Number(values.workers),
  ];
  const lasts = parseDuration(values.for) ?? 240 * SECOND;
  const postgres = await startPostgres();
  const here = fileURLToPath(import.meta.url);
  const api = fork(here, { env: { ...process.env, [ROLE]: 'api' } });
  const [{ port }] = (await once(api, 'message')) as [{ port: number }];
  const order: Order = {
    ...{ url: await postgres.database(), api: `http://127.0.0.1:${port}`, workspaces, cadence },
    concurrency: Number(values.concurrency),
  };
  const polls = new Map<string, number>();
  const gaps: number[] = [];
  let counted = 0;
  let isWarm = false;
  api.on('message', ({ key, path, at }: { key: string; path: string; at: number }) => {
    if (path !== '/v2/messages' && path !== '/v2/comments') return;
    const stream = `${key} ${path}`;
    const before = polls.get(stream);
    if (isWarm) counted += 1;
    if (isWarm && before !== undefined) gaps.push(at - before);
    polls.set(stream, at);
  });
  const children = Array.from({ length: workers }, () =>
    fork(here, {
      env: { ...process.env, [ROLE]: 'worker', BENCH_ORDER: JSON.stringify(order) },
      execArgv: [
        ...process.execArgv,
        ...(process.env['BENCH_PROF'] ? ['--cpu-prof', '--cpu-prof-dir', process.env['BENCH_PROF']] : []),
      ],
    }),
  );
  const figures = new Map<number, { rss: number; cpu: number; up: number }>();
  for (const [n, child] of children.entries())
    child.on('message', (told: { rss?: number; cpu: number; up: number }) => {
      if (told.rss !== undefined) figures.set(n, { ...told, rss: told.rss });
    });
  const began = Date.now();
  // The first round makes what every workspace needs; it is counted from when all were read twice.
  while (polls.size < 2 * workspaces) await tick(began, polls.size, 2 * workspaces);
  await wait(cadence * SECOND);
  isWarm = true;
  const from = Date.now();
  const cpuBefore = [...figures.values()].reduce((sum, { cpu }) => sum + cpu, 0);
  while (Date.now() - from < lasts) await tick(began, counted, 0);
  const seconds = (Date.now() - from) / SECOND;
  const cpu = [...figures.values()].reduce((sum, each) => sum + each.cpu, 0) - cpuBefore;
  gaps.sort((a, b) => a - b);
  const at = (share: number): number =>
    (gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * share))] ?? 0) / SECOND;
  const result = {
    workspaces,
    streams: polls.size,
    workers,
    cadence,
    seconds: Math.round(seconds),
    pollsPerSecond: Number((counted / seconds).toFixed(1)),
    wanted: Number(((2 * workspaces) / cadence).toFixed(1)),
    gapSeconds: { p50: at(0.5), p99: at(0.99), most: at(1) },
    lagP99: Number((at(0.99) - cadence).toFixed(1)),
    workerMiB: [...figures.values()].map(({ rss }) => Math.round(rss / 2 ** 20)),
    workerCores: Number((cpu / seconds).toFixed(2)),
  };
  process.stdout.write(`${JSON.stringify(result, null, 1)}\n`);
  for (const child of [...children, api]) child.disconnect();
  await wait(SECOND);
  await postgres.stop();
  process.exit();
}

async function tick(began: number, done: number, all: number): Promise<void> {
  await wait(SECOND);
  if (!process.stderr.isTTY) return;
  const passed = Math.round((Date.now() - began) / SECOND);
  process.stderr.write(`\r${passed} s, ${done}${all > 0 ? ` of ${all} streams` : ' polls'}   `);
}
