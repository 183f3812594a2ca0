// Measures workers of many workspaces on PostgreSQL. The API and each worker are processes of their own; the API is always
// this version's, and the workers run the modules of the measured build.
import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { type Millis, SECOND } from '../../src/domain/time.js';
import type { TestServer } from '../../test/postgres/server.js';
import { cpuOf, cpuOfFamily, peakOf } from '../suite/process.js';
import type { Session } from '../suite/session.js';
import type { Statements } from './database.js';
import type { ApiProgress, FleetOrder, Question, Report, WorkerMemory, WorkerOrder } from './order.js';
import { type Child, startChild } from './child.js';

export interface FleetOptions {
  readonly session: Session;
  /** Folder of the compiled modules of this version. */
  readonly harness: string;
  /** Folder of the compiled modules of the measured build. */
  readonly modules: string;
  readonly server: TestServer;
  /** Address of an empty database of the server. */
  readonly url: string;
  readonly order: FleetOrder;
  /** Time to measure, after the first round. */
  readonly lasts: Millis;
  /** @default 1 */
  readonly workers?: number;
  /** Flags of Node for the workers. @default none */
  readonly flags?: readonly string[];
  /** Maximum duration of the first round. @default 20 minutes */
  readonly firstRoundMost?: Millis;
  /** Reader of the statements of the database. @default not counted */
  readonly statements?: () => Promise<Statements>;
  readonly onTick: (text: string) => void;
}

export interface FleetRun {
  /** Time from the start of the workers until each list had been read, in seconds. */
  readonly firstRound: number;
  /** Measured time, in seconds. */
  readonly seconds: number;
  readonly report: Report;
  /** CPU time while it was measured, in milliseconds; 0 on systems other than Linux. */
  readonly cpu: FleetCpu;
  /** Statements while it was measured; null if they were not counted. */
  readonly statements: Statements | null;
  readonly memory: readonly FleetMemory[];
  /** Warnings and errors that the workers logged. */
  readonly log: string;
}

export interface FleetCpu {
  readonly workers: number;
  readonly api: number;
  readonly database: number;
}

/** Memory of a worker: the last values in bytes, the highest one of each second, and the peak in MB. */
export interface FleetMemory extends WorkerMemory {
  readonly most: number;
  /** NaN on systems other than Linux. */
  readonly peak: number;
}

const FIRST_ROUND_MOST: Millis = 1_200 * SECOND;

/** Starts API and workers, measures after the first round and an interval, and ends them. Throws if one of them ends. */
export async function measureFleet(options: FleetOptions): Promise<FleetRun> {
  const { session, harness, modules, url, order, workers: count = 1, flags = [] } = options;
  const children: Child[] = [];
  const start = (name: 'api' | 'worker', asked: FleetOrder | WorkerOrder): Child => {
    const args = [...(name === 'worker' ? flags : []), `${harness}/bench/fleet/${name}.js`];
    const child = startChild(session, [...args, JSON.stringify(asked)], name);
    children.push(child);
    return child;
  };
  try {
    const api = start('api', order);
    const { api: address } = await api.next<{ readonly api: string }>();
    const began = Date.now();
    const asked: WorkerOrder = { ...order, modules, url, api: address };
    const workers = Array.from({ length: count }, () => start('worker', asked));
    const memory = workers.map(memoryOf);
    const fleet: Fleet = { api, workers, unlessBroken: unlessBroken(children) };
    const firstRound = await untilRead(options, fleet, began);
    await fleet.unlessBroken(wait(order.cadence * SECOND));
    const measured = await measure(options, fleet);
    const log = workers.map(({ log: text }) => text()).join('');
    return { firstRound, ...measured, memory: memory.map((read) => read()), log };
  } finally {
    await Promise.all(children.map((child) => child.end()));
  }
}

interface Fleet {
  readonly api: Child;
  readonly workers: readonly Child[];
  /** Rejects as soon as one of the processes has ended. */
  readonly unlessBroken: <T>(work: Promise<T>) => Promise<T>;
}

function unlessBroken(children: readonly Child[]): Fleet['unlessBroken'] {
  const broken = Promise.race(children.map(({ ended }) => ended));
  return (work) =>
    Promise.race([
      work,
      broken.then((why) => {
        throw new Error(why);
      }),
    ]);
}

/** Waits for the first round, which creates the data of every workspace. Returns its duration in seconds. */
async function untilRead(options: FleetOptions, fleet: Fleet, began: number): Promise<number> {
  const { order, firstRoundMost = FIRST_ROUND_MOST, onTick } = options;
  const lists = 2 * order.workspaces;
  for (;;) {
    const { streams, completeAt } = await ask<ApiProgress>(fleet, 'progress');
    if (completeAt !== null) return (completeAt - began) / SECOND;
    const passed = Math.round((Date.now() - began) / SECOND);
    if (passed * SECOND > firstRoundMost)
      throw new Error(
        `gave up on the first round after ${passed} s, in which ${streams} of ${lists} lists were read`,
      );
    onTick(`${passed} s, ${streams} of ${lists} lists`);
    await fleet.unlessBroken(wait(SECOND));
  }
}

async function measure(options: FleetOptions, fleet: Fleet) {
  const { server, lasts, statements, onTick } = options;
  await ask(fleet, 'begin');
  const before = (await statements?.()) ?? null;
  const cpu = cpuNow(fleet, server);
  const from = Date.now();
  while (Date.now() - from < lasts) {
    await fleet.unlessBroken(wait(Math.min(SECOND, lasts)));
    onTick(`measuring, ${(await ask<ApiProgress>(fleet, 'progress')).polls} polls`);
  }
  const seconds = (Date.now() - from) / SECOND;
  const cpuAfter = cpuNow(fleet, server);
  const after = (await statements?.()) ?? null;
  return {
    seconds,
    report: await ask<Report>(fleet, 'report'),
    cpu: {
      workers: cpuAfter.workers - cpu.workers,
      api: cpuAfter.api - cpu.api,
      database: cpuAfter.database - cpu.database,
    },
    statements:
      after && before ? { calls: after.calls - before.calls, time: after.time - before.time } : null,
  };
}

function ask<T>({ api, unlessBroken: guarded }: Fleet, question: Question): Promise<T> {
  const response = api.next<T>();
  api.process.send(question);
  return guarded(response);
}

function cpuNow({ api, workers }: Fleet, server: TestServer): FleetCpu {
  if (!existsSync('/proc')) return { workers: 0, api: 0, database: 0 };
  const postmaster = server.pid();
  return {
    workers: workers.reduce((sum, { process }) => sum + cpuOf(process.pid ?? 0), 0),
    api: cpuOf(api.process.pid ?? 0),
    database: postmaster === null ? 0 : cpuOfFamily(postmaster),
  };
}

/** Follows the memory that a worker reports. Returns a reader of it. */
function memoryOf({ process }: Child): () => FleetMemory {
  let last: WorkerMemory = { rss: 0, heapUsed: 0 };
  let most = 0;
  process.on('message', (memory: WorkerMemory) => {
    last = memory;
    most = Math.max(most, memory.rss);
  });
  return () => ({ ...last, most, peak: existsSync('/proc') ? peakOf(process.pid ?? 0) : NaN });
}
