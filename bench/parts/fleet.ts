// Workspaces on PostgreSQL, served by one worker: the database cost of quiet poll cycles, and the capacity.
import { type Millis, SECOND } from '../../src/domain/time.js';
import { startOwnPostgres } from '../../test/postgres/server.js';
import { COUNTING, withPostgres, withStatements } from '../fleet/database.js';
import { type FleetOptions, type FleetRun, measureFleet } from '../fleet/fleet.js';
import type { FleetOrder } from '../fleet/order.js';
import type { Build } from '../suite/builds.js';
import { type Context, inPairs } from '../suite/context.js';
import { type Figure, figureOf, type Pair, type Size, type Spec, type Target } from '../suite/figure.js';

/** Characters of a log that are shown. */
const SHOWN = 1_000;
/** `run` has as many connections. */
const CONNECTIONS = 20;
const QUIET = { workspaces: 150, cadence: 5, latency: 0, writes: 0 } as const;
/** Time in which the quiet poll cycles are measured. */
const QUIET_LASTS = { quick: 20 * SECOND, usual: 60 * SECOND } as const;
const A_THIRD: readonly Target[] = [{ of: 'ratio', is: 'at most', limit: 1 / 3 }];

/** A run with the statements of the database. */
type Counted = FleetRun & { readonly statements: NonNullable<FleetRun['statements']> };

export async function benchQuiet(context: Context): Promise<Figure[]> {
  const { session, size } = context;
  const { workspaces, cadence } = QUIET;
  const name = `${workspaces} quiet workspaces at ${cadence} s`;
  const pairs = await inPairs(context, { name, times: 1 }, (build) =>
    withPostgres(
      session,
      () => startOwnPostgres({ settings: COUNTING }),
      async (server) => {
        const url = await server.database();
        return withStatements(server, url, async (statements): Promise<Counted> => {
          const order = orderOf(QUIET);
          const lasts = QUIET_LASTS[size];
          const run = await measured(context, build, { server, url, order, lasts, statements });
          if (run.statements === null) throw new Error('no statements were counted');
          return { ...run, statements: run.statements };
        });
      },
    ),
  );
  const base = { part: 'quiet', size } as const;
  const specs: readonly Spec<Counted>[] = [
    {
      ...{ ...base, name: 'statements for each list read', unit: 'statements', portable: 'same' },
      ...{ of: ({ statements, report }) => statements.calls / report.polls, asked: A_THIRD },
    },
    {
      ...{ ...base, name: 'time of statements for each list read, with planning', unit: 'ms' },
      of: ({ statements, report }) => statements.time / report.polls,
    },
    {
      ...{ ...base, name: "CPU of the database's processes for each list read", unit: 'ms' },
      ...{ of: ({ cpu, report }) => cpu.database / report.polls, asked: A_THIRD },
    },
  ];
  return specs.map((spec) => figureOf(pairs, spec));
}

interface Case {
  readonly size: Size;
  readonly workspaces: number;
  /** Interval of the polls, in seconds. */
  readonly cadence: number;
  readonly lasts: Millis;
  /** Flags of Node for this version's worker, as docs/workspaces.md recommends. */
  readonly flags?: readonly string[];
}

const CASES: Readonly<Record<Size, Case>> = {
  quick: { size: 'quick', workspaces: 300, cadence: 5, lasts: 15 * SECOND },
  usual: { size: 'usual', workspaces: 2_000, cadence: 20, lasts: 60 * SECOND },
  full: {
    ...{ size: 'full', workspaces: 25_000, cadence: 60, lasts: 180 * SECOND },
    flags: ['--max-semi-space-size=64'],
  },
};
const FULL = { lag: 10, memory: 1_000, firstRound: 90 };
/** The other build may take this multiple of this version's first round, and this time in addition. */
const PATIENCE = { times: 6, floor: 30 * SECOND };

export async function benchFleet(context: Context): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const each of [CASES[context.size], ...(context.isFull ? [CASES.full] : [])]) {
    const pairs = await served(context, each);
    figures.push(...specsOf(each).map((spec) => figureOf(pairs, spec)));
  }
  return figures;
}

async function served(context: Context, each: Case): Promise<Pair<FleetRun>[]> {
  const { session, own } = context;
  const { workspaces, cadence, lasts, flags = [] } = each;
  const order = orderOf({ workspaces, cadence, latency: 100, writes: 2 });
  let firstRound: number | null = null;
  return inPairs(context, { name: nameOf(each), times: 1 }, (build) =>
    withPostgres(session, startOwnPostgres, async (server) => {
      const isOwn = build === own;
      const run = await measured(context, build, {
        ...{ server, url: await server.database(), order, lasts, flags: isOwn ? flags : [] },
        ...(isOwn || firstRound === null
          ? {}
          : { firstRoundMost: firstRound * SECOND * PATIENCE.times + PATIENCE.floor }),
      });
      const { doubled } = run.report;
      if (doubled > 0) throw new Error(`${build.name}: ${doubled} workspaces sent a reply twice`);
      if (isOwn) firstRound = run.firstRound;
      return run;
    }),
  );
}

function specsOf(each: Case): Spec<FleetRun>[] {
  const { size, cadence, workspaces } = each;
  const name = nameOf(each);
  const base = { part: 'fleet', size } as const;
  const most = (limit: number): readonly Target[] =>
    size === 'full' ? [{ of: 'value', is: 'at most', limit }] : [];
  return [
    {
      ...{ ...base, name: `${name}, first round`, unit: 's', of: ({ firstRound }) => firstRound },
      asked: most(FULL.firstRound),
    },
    {
      ...{ ...base, name: `${name}, reads, ${count((2 * workspaces) / cadence)} due`, unit: 'a second' },
      ...{ isCost: false, of: ({ report, seconds }) => report.polls / seconds },
    },
    {
      ...{ ...base, name: `${name}, p99 of the lag`, unit: 's', asked: most(FULL.lag) },
      of: ({ report }) => report.gaps.p99 - cadence,
    },
    {
      ...{ ...base, name: `${name}, memory of the worker`, unit: 'MB', portable: 'same' },
      ...{ of: ({ memory }) => memory[0]?.peak ?? NaN, asked: most(FULL.memory) },
    },
    {
      ...{ ...base, name: `${name}, CPU of the worker for each read`, unit: 'ms' },
      of: ({ cpu, report }) => cpu.workers / report.polls,
    },
    {
      ...{ ...base, name: `${name}, messages with a reply at the end`, unit: '%', isCost: false },
      of: ({ report }) => (100 * report.answered) / report.written,
    },
    {
      ...{ ...base, name: `${name}, with two replies`, unit: 'workspaces' },
      ...{ of: ({ report }) => report.doubled, asked: [{ of: 'value', is: 'at most', limit: 0 }] },
    },
  ];
}

/** An order with as many cycles at a time as `run` of the measured build has. */
function orderOf(order: Omit<FleetOrder, 'concurrency' | 'connections'>): FleetOrder {
  return { ...order, concurrency: null, connections: CONNECTIONS };
}

type Asked = Omit<FleetOptions, 'session' | 'harness' | 'modules' | 'onTick'>;

async function measured(context: Context, { name, modules }: Build, asked: Asked): Promise<FleetRun> {
  const { session, own, progress, say } = context;
  const run = await measureFleet({
    ...{ session, harness: own.modules, modules, ...asked },
    onTick: (text) => progress(`${name}: ${text}`),
  });
  if (run.log !== '') say(`the worker of ${name} logged: ${run.log.slice(0, SHOWN)}`);
  return run;
}

function nameOf({ workspaces, cadence }: Case): string {
  return `${count(workspaces)} workspaces at ${cadence} s`;
}

function count(n: number): string {
  return n.toLocaleString('en', { maximumFractionDigits: 0 });
}
