// Runs a benchmark of functions in a process of its own, with the compiled modules of one build, and writes the result to
// descriptor 3. The functions of bench/ are the same in every build: a build measures itself by its own.
//
// Arguments: the folder of the modules, and a request as JSON.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import type * as Dashboard from '../dashboard.js';
import type * as Engine from '../engine.js';
import type * as Measure from '../measure.js';
import type * as Pipeline from '../pipeline.js';
import type * as Reload from '../reload.js';
import type * as Seed from '../seed.js';
import type * as Traffic from '../traffic.js';
import type * as Variants from '../variants.js';
import type { Request, Results } from './modules.js';

const [folder = '', request = '{}'] = process.argv.slice(2);

function load<T>(name: string): Promise<T> {
  return import(pathToFileURL(join(folder, 'bench', `${name}.js`)).href) as Promise<T>;
}

type Op = Request['op'];
type Runner<O extends Op> = (request: Extract<Request, { op: O }>) => Promise<Results[O]>;

const RUNNERS: { readonly [O in Op]: Runner<O> } = {
  engine: async ({ kind, rules, variants, lasts, events }) => {
    const { VARIANTS } = await load<typeof Variants>('variants');
    const { trafficOf } = await load<typeof Traffic>('traffic');
    const { measure } = await load<typeof Measure>('measure');
    const traffic = trafficOf(kind, rules, events);
    const speeds = [];
    for (const name of variants) {
      const variant = VARIANTS.find((each) => each.name === name);
      const decide = variant && rules <= variant.mostRules ? await variant.prepare(traffic) : null;
      speeds.push(decide && (await measure(events, decide, { lasts })));
    }
    return speeds;
  },
  build: async ({ rules }) => {
    const { benchBuild } = await load<typeof Engine>('engine');
    const [row] = benchBuild([rules]);
    if (!row) throw new Error('nothing was built');
    return row;
  },
  reload: async () => (await load<typeof Reload>('reload')).benchReload(),
  throughput: async ({ events, rows }) =>
    (await load<typeof Pipeline>('pipeline')).benchThroughput(events, rows),
  sends: async ({ events }) => (await load<typeof Pipeline>('pipeline')).benchSends(events),
  latency: async ({ messages }) => (await load<typeof Pipeline>('pipeline')).benchLatency(messages),
  dashboard: async ({ rows }) => (await load<typeof Dashboard>('dashboard')).benchDashboard(rows),
  seed: async ({ path, rows }) => {
    (await load<typeof Seed>('seed')).seedJournal(path, rows);
    return null;
  },
};

const parsed = JSON.parse(request) as Request;
const before = process.cpuUsage();
const began = performance.now();
const result = await (RUNNERS[parsed.op] as (request: Request) => Promise<unknown>)(parsed);
const { user, system } = process.cpuUsage(before);
writeSync(3, JSON.stringify({ result, cpu: (user + system) / 1_000, wall: performance.now() - began }));
process.exit();
