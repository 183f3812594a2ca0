// `npm run bench:workspaces -- --workspaces 10000 --cadence 60 --for 4m`: one worker, many workspaces, on
// PostgreSQL. The API is the sandbox, in its own process, with a key, an account and contacts for each
// workspace. Most workspaces are quiet; people write to some of them, and each person must get one reply. Runs compiled
// code: tsx defines the name of each function anew, which takes half of the memory of a quiet workspace (19 and 10 kB).
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DAY, type Millis, parseDuration, SECOND } from '../src/domain/time.js';
import { createLogger } from '../src/log/logger.js';
import { nextTime } from '../src/poller/schedule.js';
import { type SharedSandbox, startSharedSandbox } from '../src/sandbox/server.js';
import { createSharedApp } from '../src/program/shared-app.js';
import { openPostgres } from '../src/store/postgres/open.js';
import { aConfig, anAccount } from '../test/builders.js';
import { startPostgres } from '../test/postgres/server.js';
import { aRuleSet } from '../test/scenes/rule-set.js';

const ROLE = 'BENCH_ROLE';
/** Process ids at the start: the databases among them are not measured. */
const others = new Set(existsSync('/proc') ? readdirSync('/proc') : []);
const RULES =
  'version: 1\nrules:\n  - { id: pricing, on: message, keywords: [price], reply: From 20 EUR. }\n  - { id: guide, on: comment, keywords: [guide], private_reply: Here it is. }\n';

if (process.env[ROLE] === 'api') await serveApi();
else if (process.env[ROLE] === 'worker') await work();
else await measure();

interface Order {
  readonly url: string;
  readonly api: string;
  readonly workspaces: number;
  readonly cadence: number;
  readonly concurrency: number;
  readonly connections: number;
  /** Latency of the API, in milliseconds. */
  readonly latency: Millis;
  /** Messages per second over all workspaces. */
  readonly writes: number;
}

function orderOf(): Order {
  return JSON.parse(process.env['BENCH_ORDER'] ?? '{}') as Order;
}

function scheduleOf({ cadence }: Order): string {
  return cadence >= 60 ? '0 * * * * *' : `*/${cadence} * * * * *`;
}

/** Measurements at the API. Times in seconds. */
interface Report {
  readonly streams: number;
  readonly polls: number;
  /** Time from one read of a list to the next. */
  readonly gaps: Shares;
  /** Delay of a read after its due time. */
  readonly late: Shares;
  readonly written: number;
  readonly answered: number;
  readonly doubled: number;
  /** Time from a message to its reply. */
  readonly answers: Shares;
  readonly violations: number;
}

interface Shares {
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

async function serveApi(): Promise<void> {
  const order = orderOf();
  const keys = Array.from({ length: order.workspaces }, (_, n) => `key-${n}`);
  const sandbox = await startSharedSandbox(keys, { limits: null, latency: order.latency });
  const seen = watch(sandbox, order);
  process.on('message', (asked: 'begin' | 'report') => {
    if (asked === 'begin') seen.begin();
    process.send?.({ report: seen.report() });
  });
  process.send?.({ api: sandbox.url });
  await once(process, 'disconnect');
  process.exit();
}

function watch({ tenants }: SharedSandbox, order: Order) {
  const { cadence, writes } = order;
  const polled = new Map<string, number>();
  const written = new Map<string, number>();
  const answered = new Map<string, number>();
  const figures = { gaps: [] as number[], late: [] as number[], answers: [] as number[] };
  let polls = 0;
  let isWarm = false;
  for (const [n, [key, tenant]] of [...tenants].entries()) {
    for (const [days, text] of ['hello', 'is it open today?', 'thanks!'].entries()) {
      const at = Date.now() - (days + 1) * DAY;
      tenant.receive({ account: 'shop-ig', contact: `old-${days}`, text, at });
      tenant.comment({ account: 'shop-ig', contact: `old-${days}`, text: 'lovely', at });
    }
    const due = nextTime(scheduleOf(order), `w${n}`);
    tenant.fault(({ method, path }) => {
      const at = Date.now();
      if (method === 'POST') {
        answered.set(key, (answered.get(key) ?? 0) + 1);
        figures.answers.push(at - (written.get(key) ?? 0));
      } else if (path === '/v2/messages' || path === '/v2/comments') {
        const before = polled.get(`${key} ${path}`);
        if (isWarm) {
          polls += 1;
          if (before !== undefined) figures.gaps.push(at - before);
          const every = cadence * SECOND;
          figures.late.push((((at - due) % every) + every) % every);
        }
        polled.set(`${key} ${path}`, at);
      }
      return 'none';
    });
  }
  const waiting = [...tenants.keys()];
  const write = (): void => {
    // Each contact writes once, at a random point of the run.
    const [key] = waiting.splice(Math.floor(Math.random() * waiting.length), 1);
    if (key === undefined) return;
    written.set(key, Date.now());
    tenants.get(key)?.receive({ account: 'shop-ig', contact: 'new', text: 'what is the price?' });
  };
  return {
    begin(): void {
      isWarm = true;
      if (writes > 0) setInterval(write, SECOND / writes);
    },
    report: (): Report => ({
      streams: polled.size,
      polls,
      gaps: sharesOf(figures.gaps),
      late: sharesOf(figures.late),
      written: written.size,
      answered: answered.size,
      doubled: [...answered.values()].filter((times) => times > 1).length,
      answers: sharesOf(figures.answers),
      violations: [...tenants.values()].reduce((sum, { violations }) => sum + violations.length, 0),
    }),
  };
}

function sharesOf(times: readonly Millis[]): Shares {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): number =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0) / SECOND;
  return { p50: at(0.5), p99: at(0.99), most: at(1) };
}

/** Starts the worker, which is the measured process. */
async function work(): Promise<void> {
  const order = orderOf();
  const { url, api, workspaces, concurrency, connections } = order;
  const accounts = [anAccount()];
  const shared = aConfig({ accounts, store: { kind: 'postgres', url } });
  const set = aRuleSet(RULES, shared);
  const all = Array.from({ length: workspaces }, (_, n) => ({
    config: {
      ...shared,
      workspace: `w${n}`,
      blotato: { baseUrl: api, apiKey: `key-${n}` },
      poll: { ...shared.poll, schedule: scheduleOf(order) },
    },
    set,
  }));
  const served = await openPostgres(url, { connections });
  const logger = createLogger({ level: 'warn', pretty: false, secrets: [] });
  const app = createSharedApp({ served, workspaces: all, logger, concurrency });
  await app.start();
  process.send?.({ started: true });
  setInterval(() => {
    const { rss, heapUsed } = process.memoryUsage();
    process.send?.({ rss, heapUsed });
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
      concurrency: { type: 'string', default: '100' },
      connections: { type: 'string', default: '20' },
      latency: { type: 'string', default: '0' },
      writes: { type: 'string', default: '2' },
      for: { type: 'string', default: '4m' },
    },
  });
  const workers = Number(values.workers);
  const lasts = parseDuration(values.for) ?? 240 * SECOND;
  const postgres = await startPostgres();
  const here = fileURLToPath(import.meta.url);
  const wanted: Omit<Order, 'api'> = {
    url: await postgres.database(),
    workspaces: Number(values.workspaces),
    cadence: Number(values.cadence),
    concurrency: Number(values.concurrency),
    connections: Number(values.connections),
    latency: Number(values.latency),
    writes: Number(values.writes),
  };
  const start = (role: string, order: object, flags: readonly string[] = []) => {
    const child = fork(here, {
      env: { ...process.env, [ROLE]: role, BENCH_ORDER: JSON.stringify(order) },
      execArgv: [...process.execArgv, ...flags],
    });
    child.once('exit', (code) => {
      if (code === 0) return;
      process.stderr.write(`the process of the ${role} ended with code ${code}\n`);
      process.exit(1);
    });
    return child;
  };
  const api = start('api', wanted);
  const [{ api: url }] = (await once(api, 'message')) as [{ api: string }];
  const profile = process.env['BENCH_PROF'];
  const flags = profile ? ['--cpu-prof', '--cpu-prof-dir', profile] : [];
  const children = Array.from({ length: workers }, () => start('worker', { ...wanted, api: url }, flags));
  const memory = new Map<number, { rss: number; heapUsed: number; most: number }>();
  for (const [n, child] of children.entries()) {
    child.on('message', ({ rss, heapUsed }: { rss?: number; heapUsed: number }) => {
      if (rss !== undefined) memory.set(n, { rss, heapUsed, most: Math.max(rss, memory.get(n)?.most ?? 0) });
    });
  }
  const ask = async (what: 'begin' | 'report'): Promise<Report> => {
    api.send(what);
    return ((await once(api, 'message')) as [{ report: Report }])[0].report;
  };
  const began = Date.now();
  // The first round creates the data of every workspace; measuring begins when all were read, plus one interval.
  const streams = 2 * wanted.workspaces;
  for (let read = 0; read < streams; read = (await ask('report')).streams) await tick(began, `${read} lists`);
  const firstRound = (Date.now() - began) / SECOND;
  await wait(wanted.cadence * SECOND);
  await ask('begin');
  const pids = { workers: children.map(({ pid }) => pid ?? 0), api: [api.pid ?? 0] };
  const before = cpu(pids);
  const from = Date.now();
  while (Date.now() - from < lasts) await tick(began, `${(await ask('report')).polls} polls`);
  const seconds = (Date.now() - from) / SECOND;
  const after = cpu(pids);
  const { polls, ...report } = await ask('report');
  const cores = Object.fromEntries(
    Object.entries(after).map(([who, spent]) => [
      who,
      Number(((spent - (before[who] ?? 0)) / seconds).toFixed(2)),
    ]),
  );
  const mib = (bytes: number): number => Math.round(bytes / 2 ** 20);
  const result = {
    ...wanted,
    url: undefined,
    workers,
    seconds: Math.round(seconds),
    firstRoundSeconds: Math.round(firstRound),
    readingsPerSecond: Number((polls / seconds).toFixed(1)),
    wanted: Number((streams / wanted.cadence).toFixed(1)),
    ...report,
    lagP99: Number((report.gaps.p99 - wanted.cadence).toFixed(1)),
    workerMiB: [...memory.values()].map(({ rss, heapUsed, most }) => ({
      rss: mib(rss),
      most: mib(most),
      heap: mib(heapUsed),
    })),
    cores,
  };
  process.stdout.write(`${JSON.stringify(result, null, 1)}\n`);
  for (const child of [...children, api]) child.disconnect();
  await wait(SECOND);
  await postgres.stop();
  process.exit();
}

/** CPU seconds of processes, on Linux; for the database, of those with its name that this run started. */
function cpu({ workers, api }: { readonly workers: readonly number[]; readonly api: readonly number[] }) {
  const own = (pid: number | string): number => {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / 100;
    } catch {
      return 0;
    }
  };
  const named = (pid: string): boolean => {
    try {
      const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split('(postgres) ');
      return rest !== '' && !others.has(pid) && !others.has(rest.split(' ')[1] ?? '');
    } catch {
      return false;
    }
  };
  const sum = (pids: readonly (number | string)[]): number =>
    pids.reduce((all: number, pid) => all + own(pid), 0);
  let database: string[] = [];
  try {
    database = readdirSync('/proc').filter((name) => /^\d+$/u.test(name) && named(name));
  } catch {
    // Systems other than Linux have no /proc.
  }
  return { workers: sum(workers), api: sum(api), database: sum(database) } as Record<string, number>;
}

async function tick(began: number, done: string): Promise<void> {
  await wait(SECOND);
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r${Math.round((Date.now() - began) / SECOND)} s, ${done}   `);
}
