// The parts that measure functions of the program: build, reload, pipeline and dashboard.
import { type Context, inPairs } from '../suite/context.js';
import { type Figure, figureOf, type Pair, type Part, type Spec } from '../suite/figure.js';
import { call, type Called, type Request, type Results } from '../suite/modules.js';

/** Rows of the journal beside which pipeline and dashboard are measured. */
const JOURNAL = { quick: 100_000, usual: 1_000_000 } as const;

type Runs<O extends Request['op']> = Pair<Called<Results[O]>>[];

interface Asked<O extends Request['op']> {
  readonly name: string;
  readonly request: Extract<Request, { readonly op: O }>;
  readonly times?: number;
}

function called<O extends Request['op']>(
  context: Context,
  { name, request, times = 1 }: Asked<O>,
): Promise<Runs<O>> {
  return inPairs(context, { name, times, bare: 3 }, (build) => call(context.session, build, request));
}

/** Time to compile a rule set, and memory to keep it. */
export async function benchBuild(context: Context): Promise<Figure[]> {
  const { size } = context;
  const figures: Figure[] = [];
  for (const rules of size === 'quick' ? [10_000] : [1_000, 10_000, 100_000]) {
    const name = `${count(rules)} rules`;
    const times = size === 'quick' ? 1 : 3;
    const runs = await called(context, { name: `compiling ${name}`, request: { op: 'build', rules }, times });
    figures.push(
      figureOf(runs, {
        ...{ ...base('build', context), name: `${name}, compiled in`, unit: 'ms' },
        of: ({ result }) => result.milliseconds,
      }),
      figureOf(runs, {
        ...{ ...base('build', context), name: `${name}, kept in`, unit: 'MB', portable: 'same' },
        of: ({ result }) => result.megabytes,
      }),
    );
  }
  return figures;
}

/** Reload of ten thousand rules from YAML. */
export async function benchReload(context: Context): Promise<Figure[]> {
  const times = context.size === 'quick' ? 1 : 3;
  const name = '10,000 rules from YAML';
  const runs = await called(context, { name, request: { op: 'reload' }, times });
  const names = runs[0]?.own.result.map((each) => each.name) ?? [];
  const figures = names.map((each) =>
    figureOf(runs, {
      ...{ ...base('reload', context), name: each, unit: 'ms' },
      of: ({ result }) => result.find((row) => row.name === each)?.value ?? NaN,
    }),
  );
  return [
    ...figures,
    figureOf(runs, {
      ...{ ...base('reload', context), name: `${name}, all of it, CPU`, unit: 'ms', portable: 'cpu' },
      of: ({ cpu }) => cpu,
    }),
  ];
}

export async function benchPipeline(context: Context): Promise<Figure[]> {
  const isQuick = context.size === 'quick';
  const events = isQuick ? 1_500 : 5_000;
  const part = base('pipeline', context);
  const figures: Figure[] = [];
  for (const rows of [0, JOURNAL[context.size]]) {
    const name = `beside ${count(rows)} rows`;
    const request = { op: 'throughput', events, rows } as const;
    const runs = await called(context, { name: `${count(events)} events ${name}`, request });
    const specs: readonly Spec<Called<Results['throughput']>>[] = [
      {
        ...{ ...part, name: `${name}, queued`, unit: 'a second', isCost: false },
        of: ({ result }) => result.queuedPerSecond,
      },
      { ...part, name: `${name}, first poll`, unit: 'ms', of: ({ result }) => result.firstPoll },
      {
        ...{ ...part, name: `${name}, CPU of ${count(events)} events`, unit: 'ms', portable: 'cpu' },
        of: ({ result }) => result.cpu ?? NaN,
      },
    ];
    figures.push(...specs.map((spec) => figureOf(runs, spec)));
  }
  const sends = await called(context, { name: 'replies', request: { op: 'sends', events } });
  const messages = isQuick ? 40 : 150;
  const latency = await called(context, { name: 'latency', request: { op: 'latency', messages } });
  const perSecond = (run: Called<Results['sends']>): number => run.result.sentPerSecond;
  return [
    ...figures,
    figureOf(sends, { ...part, name: 'replies sent', unit: 'a second', isCost: false, of: perSecond }),
    figureOf(sends, {
      ...{ ...part, name: 'replies sent, CPU of each', unit: 'ms', portable: 'cpu' },
      of: ({ result }) => (result.cpu ?? NaN) / result.sends,
    }),
    ...(['p50', 'p99'] as const).map((share) =>
      figureOf(latency, {
        ...{ ...part, name: `from visible to POST, polled each second, ${share}`, unit: 'ms' },
        of: ({ result }) => result[share],
      }),
    ),
  ];
}

const FIRST_RESPONSE = { of: 'value', is: 'at most', limit: 150 } as const;

export async function benchDashboard(context: Context): Promise<Figure[]> {
  const rows = JOURNAL[context.size];
  const runs = await called(context, {
    name: `pages beside ${count(rows)} rows`,
    request: { op: 'dashboard', rows },
  });
  const names = runs[0]?.own.result.map((each) => each.name) ?? [];
  const rowOf = ({ result }: Called<Results['dashboard']>, name: string) =>
    result.find((row) => row.name === name);
  const figures = names.flatMap((name) => [
    figureOf(runs, {
      ...{ ...base('dashboard', context), name: `${name}, first response`, unit: 'ms' },
      of: (run) => rowOf(run, name)?.first ?? NaN,
      asked: context.size === 'usual' && !name.includes('on demand') ? [FIRST_RESPONSE] : [],
    }),
    figureOf(runs, {
      ...{ ...base('dashboard', context), name: `${name}, CPU`, unit: 'ms' },
      of: (run) => rowOf(run, name)?.cpu ?? NaN,
    }),
  ]);
  return [
    ...figures,
    figureOf(runs, {
      ...{ ...base('dashboard', context), name: 'all first responses, CPU', unit: 'ms', portable: 'cpu' },
      of: ({ result }) => result.reduce((sum, { cpu }) => sum + (cpu ?? NaN), 0),
    }),
  ];
}

function base<P extends Part>(part: P, { size }: Context) {
  return { part, size } as const;
}

function count(n: number): string {
  return n.toLocaleString('en');
}
