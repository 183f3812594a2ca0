// Time from the start of `run` until it is ready, with 10,000 rules that have not changed since the last start. Run it by
// `npm run bench:restart`, after `npm run build`. `-- --vs FOLDER` starts another built checkout in turn with this one and
// shows the ratio of each pair; `--json` prints the figures.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const RULES = 10_000;
/** Logged when rules and store are loaded, before the first poll. */
const READY = /\bstarted\b/;
/** Nothing listens there. */
const CONFIG = `version: 1
blotato: { base_url: "http://127.0.0.1:9", api_key: bench }
store: sqlite:./bench.db
rules: ./rules.yaml
accounts: [{ name: shop, id: "1", platform: instagram }]
`;

interface Start {
  readonly wall: number;
  readonly cpu: number;
}

const { values } = parseArgs({
  options: {
    vs: { type: 'string' },
    times: { type: 'string', default: '7' },
    json: { type: 'boolean', default: false },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'bench-restart-'));
try {
  const builds = [HERE, ...(values.vs === undefined ? [] : [resolve(values.vs)])].map(project);
  const rounds: Start[][] = [];
  for (let round = 0; round <= Number(values.times); round += 1) {
    const starts: Start[] = [];
    for (const build of builds) starts.push(await start(build));
    rounds.push(starts);
  }
  const [first, ...again] = rounds;
  const of = (list: readonly Start[][], value: (starts: readonly Start[]) => number): number =>
    Number(median(list.map(value)).toPrecision(3));
  const cpu = ([own]: readonly Start[]): number => own?.cpu ?? NaN;
  const wall = ([own]: readonly Start[]): number => own?.wall ?? NaN;
  const figures = {
    first: { cpu: of(first ? [first] : [], cpu), wall: of(first ? [first] : [], wall) },
    unchanged: { cpu: of(again, cpu), wall: of(again, wall) },
    ...(builds.length === 1
      ? {}
      : {
          vs: {
            cpu: of(again, ([own, other]) => (own?.cpu ?? NaN) / (other?.cpu ?? NaN)),
            wall: of(again, ([own, other]) => (own?.wall ?? NaN) / (other?.wall ?? NaN)),
          },
        }),
  };
  process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : table(figures));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A project of its own: another release cannot open the same store. */
function project(checkout: string, index: number): { readonly bin: string; readonly cwd: string } {
  const cwd = join(folder, String(index));
  mkdirSync(cwd);
  const rules = Array.from(
    { length: RULES },
    (_, n) =>
      `  - { id: rule-${n}, keywords: ["word${n} more${n % 700}", other${n}], reply: "Hello {{ contact.first_name | default: 'you' }}, number ${n}" }`,
  );
  writeFileSync(join(cwd, 'config.yaml'), CONFIG);
  writeFileSync(
    join(cwd, 'rules.yaml'),
    `version: 1\ndefaults: { on: message }\nrules:\n${rules.join('\n')}\n`,
  );
  return { bin: join(checkout, 'bin/autoresponder.js'), cwd };
}

async function start({ bin, cwd }: { readonly bin: string; readonly cwd: string }): Promise<Start> {
  const began = performance.now();
  const child = spawn(process.execPath, [bin, 'run'], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  let log = '';
  const started = await new Promise<Start>((done, failed) => {
    const read = (part: Buffer): void => {
      log += part.toString();
      if (READY.test(log)) done({ wall: performance.now() - began, cpu: cpuOf(child.pid ?? 0) });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => failed(new Error(`run ended with ${code}: ${log}`)));
  });
  // It saves the rules for the next start first.
  await new Promise((done) => setTimeout(done, 1_500));
  child.kill('SIGTERM');
  await ended;
  return started;
}

/** CPU time of a process in milliseconds, all its threads together; Linux counts it in hundredths of a second. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function median(list: readonly number[]): number {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? NaN;
}

function table(figures: Readonly<Record<string, { readonly cpu: number; readonly wall: number }>>): string {
  return Object.entries(figures)
    .map(([name, { cpu, wall }]) =>
      name === 'vs'
        ? `unchanged, as a share of the other build: CPU ${cpu}, wall ${wall}\n`
        : `${name}: ${cpu} ms of CPU, ${wall} ms\n`,
    )
    .join('');
}
