// `npm run bench:workspaces -- --workspaces 10000 --cadence 60 --for 4m`: one worker, many workspaces, on
// PostgreSQL. The API is the sandbox, in its own process, with a key, an account and contacts for each
// workspace. Most workspaces are quiet; people write to some of them, and each person must get one reply. Runs compiled
// code: tsx defines the name of each function anew, which takes half of the memory of a quiet workspace (19 and 10 kB).
// The parts `quiet` and `fleet` of `npm run bench` measure the same way.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseDuration, SECOND } from '../src/domain/time.js';
import { startPostgres } from '../test/postgres/server.js';
import { withPostgres } from './fleet/database.js';
import { type FleetRun, measureFleet } from './fleet/fleet.js';
import type { FleetOrder } from './fleet/order.js';
import { openSession } from './suite/session.js';

const MODULES = fileURLToPath(new URL('..', import.meta.url));

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
const order = {
  workspaces: Number(values.workspaces),
  cadence: Number(values.cadence),
  concurrency: Number(values.concurrency),
  connections: Number(values.connections),
  latency: Number(values.latency),
  writes: Number(values.writes),
} satisfies FleetOrder;
const profile = process.env['BENCH_PROF'];
const session = openSession();
try {
  const run = await withPostgres(session, startPostgres, async (server) =>
    measureFleet({
      ...{
        session,
        harness: MODULES,
        modules: MODULES,
        server,
        url: await server.database(),
        order,
        workers,
      },
      lasts: parseDuration(values.for) ?? 240 * SECOND,
      flags: profile ? ['--cpu-prof', '--cpu-prof-dir', resolve(profile)] : [],
      firstRoundMost: Infinity,
      onTick: (text) => {
        if (process.stderr.isTTY) process.stderr.write(`\r${text}   `);
      },
    }),
  );
  process.stderr.write(run.log);
  process.stdout.write(`${JSON.stringify(resultOf(run), null, 1)}\n`);
} finally {
  await session.close();
}

function resultOf({ firstRound, seconds, report: { polls, ...report }, memory, cpu }: FleetRun) {
  const mib = (bytes: number): number => Math.round(bytes / 2 ** 20);
  const cores = (spent: number): number => Number((spent / SECOND / seconds).toFixed(2));
  return {
    ...order,
    workers,
    seconds: Math.round(seconds),
    firstRoundSeconds: Math.round(firstRound),
    readingsPerSecond: Number((polls / seconds).toFixed(1)),
    wanted: Number(((2 * order.workspaces) / order.cadence).toFixed(1)),
    ...report,
    lagP99: Number((report.gaps.p99 - order.cadence).toFixed(1)),
    workerMiB: memory.map(({ rss, heapUsed, most }) => ({
      rss: mib(rss),
      most: mib(most),
      heap: mib(heapUsed),
    })),
    cores: { workers: cores(cpu.workers), api: cores(cpu.api), database: cores(cpu.database) },
  };
}
