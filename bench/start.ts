// CPU time and memory of the commands that people wait for, on the example rules. Run it by `npm run bench:start`, after
// `npm run build`. `-- --vs FOLDER` runs another built checkout in turn with this one and shows the ratio of each pair;
// `--save` writes bench/baseline.json, which other calls compare with; `--json` prints the figures.
//
// The unit is the CPU time of a bare `node -e 0`, run just before each command: other machines have other times and nearly
// the same ratios.
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const BASELINE = fileURLToPath(new URL('baseline.json', import.meta.url));
const COMMANDS = ['check', 'test', 'explain --text price', 'schema rules', '--version'];
/** Prints the process's own figures when it ends: Node does not return those of a child. */
const REPORT = `process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  require('node:fs').writeSync(3, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1000, mb: maxRSS / 1024 }));
});`;

interface Run {
  readonly cpu: number;
  readonly wall: number;
  readonly mb: number;
}

interface Figures {
  /** CPU time in units of a bare Node. */
  readonly nodes: number;
  readonly ms: number;
  readonly mb: number;
  /** CPU and wall time as shares of the other build's. */
  readonly vs?: { readonly cpu: number; readonly wall: number };
}

const { values } = parseArgs({
  options: {
    vs: { type: 'string' },
    times: { type: 'string', default: '9' },
    json: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'bench-start-'));
try {
  writeFileSync(join(folder, 'report.cjs'), REPORT);
  const builds = [HERE, ...(values.vs === undefined ? [] : [resolve(values.vs)])].map(project);
  const figures = Object.fromEntries(COMMANDS.map((command) => [command, measure(command, builds)]));
  if (values.save) save(figures);
  process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : table(figures));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Copies the examples of a checkout: rules of one version may be an error in another. */
function project(checkout: string, index: number): { readonly bin: string; readonly cwd: string } {
  const cwd = join(folder, String(index));
  cpSync(join(checkout, 'rules'), join(cwd, 'rules'), { recursive: true });
  copyFileSync(join(checkout, 'config.example.yaml'), join(cwd, 'config.yaml'));
  return { bin: join(checkout, 'bin/autoresponder.js'), cwd };
}

function measure(
  command: string,
  builds: readonly { readonly bin: string; readonly cwd: string }[],
): Figures {
  const rounds = Array.from({ length: Number(values.times) + 1 }, () => ({
    bare: run(['-e', '0'], folder),
    runs: builds.map(({ bin, cwd }) => run([bin, ...command.split(' ')], cwd)),
  })).slice(1);
  const of = (value: (round: (typeof rounds)[number]) => number): number => round(median(rounds.map(value)));
  const ratio = (kind: 'cpu' | 'wall') =>
    of(({ runs }) => (runs[0]?.[kind] ?? NaN) / (runs[1]?.[kind] ?? NaN));
  return {
    nodes: of(({ bare, runs }) => (runs[0]?.cpu ?? NaN) / bare.cpu),
    ms: of(({ runs }) => runs[0]?.cpu ?? NaN),
    mb: of(({ runs }) => runs[0]?.mb ?? NaN),
    ...(builds.length === 1 ? {} : { vs: { cpu: ratio('cpu'), wall: ratio('wall') } }),
  };
}

function run(args: readonly string[], cwd: string): Run {
  const start = performance.now();
  const ended = spawnSync(process.execPath, ['--require', join(folder, 'report.cjs'), ...args], {
    cwd,
    env: { ...process.env, BLOTATO_API_KEY: 'bench' },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  const wall = performance.now() - start;
  if (ended.status !== 0) throw new Error(`${args.join(' ')} ended with ${ended.status}: ${ended.stderr}`);
  return { ...(JSON.parse(ended.output[3] ?? '') as { cpu: number; mb: number }), wall };
}

/** Saves what can be compared between machines. */
function save(figures: Readonly<Record<string, Figures>>): void {
  const kept = Object.entries(figures).map(([command, { nodes, mb }]) => [command, { nodes, mb }]);
  writeFileSync(BASELINE, `${JSON.stringify({ start: Object.fromEntries(kept) as object }, null, 2)}\n`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}

function table(figures: Readonly<Record<string, Figures>>): string {
  const before = existsSync(BASELINE)
    ? (JSON.parse(readFileSync(BASELINE, 'utf8')) as { start: Readonly<Record<string, Figures>> }).start
    : {};
  const rows = Object.entries(figures).map(([command, { nodes, ms, mb, vs }]) => {
    const stored = before[command];
    return [
      command,
      `${nodes} (${stored?.nodes ?? '-'})`,
      `${ms} ms`,
      `${mb} MB (${stored?.mb ?? '-'})`,
      vs === undefined ? '' : `CPU ${vs.cpu}, wall ${vs.wall}`,
    ];
  });
  const heads = ['command', 'CPU in bare nodes (stored)', 'CPU', 'memory (stored)', values.vs ? 'ratio' : ''];
  const widths = heads.map((head, n) => Math.max(head.length, ...rows.map((row) => row[n]?.length ?? 0)));
  return [heads, ...rows]
    .map((row) => `${row.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join('  ')}\n`)
    .join('');
}
