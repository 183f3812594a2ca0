// `npm run bench`: builds what it needs, measures all parts, and prints one table: this version, with `--vs` another build
// beside it, and bench/baseline.json. Ratios within one run are more reliable than its figures, which depend on the machine.
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchChange } from './parts/change.js';
import { benchCommands } from './parts/commands.js';
import { benchEngine } from './parts/engine.js';
import { benchFleet, benchQuiet } from './parts/fleet.js';
import { benchIdle } from './parts/idle.js';
import { benchBuild, benchDashboard, benchPipeline, benchReload } from './parts/program.js';
import { benchReplay } from './parts/replay.js';
import { benchStart } from './parts/start.js';
import { changeOf, readBaseline, saveBaseline } from './suite/baseline.js';
import { compile, otherBuild, ownBuild } from './suite/builds.js';
import type { Bench, Context } from './suite/context.js';
import { type Figure, type Part, PARTS, rounded } from './suite/figure.js';
import { createProgress } from './suite/progress.js';
import { openSession, type Session } from './suite/session.js';
import { tableOf } from './suite/table.js';

const USAGE = `npm run bench -- [options]
  --only PARTS   some of: ${PARTS.join(', ')}
  --vs BUILD     another build beside this one: the folder of a built checkout, or a commit, which is built in .bench
  --quick        smaller sizes and fewer rounds: a first impression
  --full         also a million lines for replay, and 25,000 workspaces: an hour more
  --save         writes the parts that were measured to bench/baseline.json
  --json         one JSON document instead of the table
`;
const BASELINE = fileURLToPath(new URL('baseline.json', import.meta.url));
const BENCHES: Readonly<Record<Part, Bench>> = {
  commands: benchCommands,
  replay: benchReplay,
  start: benchStart,
  change: benchChange,
  engine: benchEngine,
  build: benchBuild,
  reload: benchReload,
  pipeline: benchPipeline,
  idle: benchIdle,
  dashboard: benchDashboard,
  quiet: benchQuiet,
  fleet: benchFleet,
};
/** Parts that need no compiled modules. */
const WHOLE_COMMANDS: readonly Part[] = ['commands', 'start', 'change'];

try {
  const options = optionsOf();
  if (options.help) process.stdout.write(USAGE);
  else await main(options, openSession());
} catch (error) {
  failed('', error);
}

async function main(options: Options, session: Session): Promise<void> {
  try {
    const figures = await measured(options, session);
    const baseline = readBaseline(BASELINE);
    if (options.save) saveBaseline(BASELINE, figures);
    const machine = { cpu: cpus()[0]?.model ?? '?', cores: cpus().length, node: process.version };
    const load = rounded(loadavg()[0] ?? 0);
    if (options.json) {
      const compared = figures.map((each) => ({ ...each, baseline: changeOf(each, baseline) }));
      process.stdout.write(
        `${JSON.stringify({ machine, load, vs: options.vs ?? null, figures: compared })}\n`,
      );
      return;
    }
    const title = `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, load ${load}`;
    process.stdout.write(`${title}\n${tableOf(figures, baseline, options.vs ?? null)}\n`);
  } finally {
    await session.close();
  }
}

async function measured(options: Options, session: Session): Promise<Figure[]> {
  const progress = createProgress(process.stderr);
  const own = ownBuild(progress.say);
  const other = options.vs === undefined ? null : await otherBuild(options.vs, session, progress.say);
  if (options.parts.some((part) => !WHOLE_COMMANDS.includes(part)))
    for (const build of [own, other]) if (build !== null) await compile(build, session, progress.say);
  const size = options.quick ? 'quick' : 'usual';
  const figures: Figure[] = [];
  for (const part of options.parts) {
    const context: Context = {
      ...{ session, own, other, size, isFull: options.full },
      progress: (text) => progress.at(`${part}: ${text}`),
      say: (text) => progress.say(`${part}: ${text}`),
    };
    progress.say(`${part}: measuring`);
    const began = performance.now();
    try {
      figures.push(...(await BENCHES[part](context)));
      progress.say(`${part}: took ${rounded((performance.now() - began) / 1_000)} s`);
    } catch (error) {
      if (session.isInterrupted()) throw error;
      failed(`${part}: `, error);
    }
  }
  return figures;
}

/** Prints an error; the other parts are still measured. */
function failed(where: string, error: unknown): void {
  process.stderr.write(`bench: ${where}${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

type Options = ReturnType<typeof optionsOf>;

function optionsOf() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: PARTS.join(',') },
      vs: { type: 'string' },
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const named = values.only.split(',');
  const unknown = named.filter((each) => !(PARTS as readonly string[]).includes(each));
  if (unknown.length > 0)
    throw new Error(`--only ${unknown.join(',')}: no such part; fix: name ${PARTS.join(', ')}`);
  if (values.quick && values.full)
    throw new Error('--quick and --full exclude each other; fix: give one of them');
  return { ...values, parts: PARTS.filter((part) => named.includes(part)) };
}
