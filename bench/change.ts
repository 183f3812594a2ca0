// Time from a change in one of 100 files of 100 rules until a running program decides by it, and its longest pause
// meanwhile. Run it by `npm run bench:change`, after `npm run build`. `-- --vs FOLDER` measures another built checkout in
// turn with this one; `--json` prints the figures.
//
// `signal` reads the changed file at once, on SIGHUP, as after a change in the dashboard. `file` and `rename` wait for the
// program to see the change: one file is written in place, and is read once it is the same for a second, and one is
// written beside the other and renamed, as by editors that save atomically.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const [FILES, RULES] = [100, 100];
const STARTED = /"started"/gu;
/** Logged when the changed rules are active; the second text is that of earlier releases. */
const RELOADED = /rules and calendars (?:reloaded|were read again)/gu;
/** Nothing listens there. */
const CONFIG = `version: 1
blotato: { base_url: "http://127.0.0.1:9", api_key: bench }
store: sqlite:./bench.db
rules: ./rules
accounts: [{ name: shop, id: "1", platform: instagram }]
`;
/**
 * Writes the longest time between two rounds of the event loop, the longest processor time of the main thread in one, and
 * the processor time of the process, since the last signal. Linux only.
 */
const REPORT = `const { readFileSync, writeSync } = require('node:fs');
if (require('node:worker_threads').isMainThread) {
  const own = () => Number(readFileSync('/proc/self/task/' + process.pid + '/schedstat', 'utf8').split(' ')[0]) / 1e6;
  let last, busy, pause, work, cpu;
  const renew = () => ([last, busy, pause, work, cpu] = [performance.now(), own(), 0, 0, process.cpuUsage()]);
  renew();
  setInterval(() => {
    const [now, busyNow] = [performance.now(), own()];
    [pause, work] = [Math.max(pause, now - last), Math.max(work, busyNow - busy)];
    [last, busy] = [now, busyNow];
  }, 1).unref();
  process.on('SIGUSR2', () => {
    const { user, system } = process.cpuUsage(cpu);
    writeSync(3, JSON.stringify({ pause, work, cpu: (user + system) / 1000 }) + '\\n');
    renew();
  });
}`;

interface Figures {
  readonly took: number;
  readonly pause: number;
  readonly work: number;
  readonly cpu: number;
}
const KINDS = ['signal', 'file', 'rename'] as const;
type Kind = (typeof KINDS)[number];

const { values } = parseArgs({
  options: {
    vs: { type: 'string' },
    times: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'bench-change-'));
try {
  writeFileSync(join(folder, 'report.cjs'), REPORT);
  const builds = [HERE, ...(values.vs === undefined ? [] : [resolve(values.vs)])];
  const rows: Record<string, Figures> = {};
  for (const [index, build] of builds.entries())
    for (const [kind, figures] of Object.entries(await measure(build, join(folder, String(index)))))
      rows[`${index === 0 ? 'this build' : 'the other'}, by ${kind}`] = figures;
  process.stdout.write(values.json ? `${JSON.stringify(rows)}\n` : table(rows));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(checkout: string, cwd: string): Promise<Record<Kind, Figures>> {
  const change = project(cwd);
  const args = ['--require', join(folder, 'report.cjs'), join(checkout, 'bin/autoresponder.js'), 'run'];
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const log = outputOf(child, 2);
  const reports = outputOf(child, 3);
  const report = async (): Promise<Omit<Figures, 'took'>> => {
    const before = reports.count(/\n/gu);
    child.kill('SIGUSR2');
    await reports.until(/\n/gu, before + 1);
    return JSON.parse(reports.text().split('\n')[before] ?? '') as Omit<Figures, 'took'>;
  };
  try {
    await log.until(STARTED, 1);
    await wait(3_000);
    const found: Record<Kind, Figures[]> = { signal: [], file: [], rename: [] };
    for (let time = 0; time < Number(values.times); time += 1) {
      for (const kind of KINDS) {
        await wait(1_000 + Math.random() * 1_000);
        const before = log.count(RELOADED);
        await report();
        const start = performance.now();
        change(kind);
        if (kind === 'signal') child.kill('SIGHUP');
        await log.until(RELOADED, before + 1);
        const took = performance.now() - start;
        await wait(50);
        found[kind].push({ took, ...(await report()) });
        // The file changed as well.
        if (kind === 'signal') await log.until(RELOADED, before + 2);
      }
    }
    return { signal: medians(found.signal), file: medians(found.file), rename: medians(found.rename) };
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}

/** Writes a project. Returns a function that changes a rule of the next file. */
function project(cwd: string): (kind: Kind) => void {
  mkdirSync(join(cwd, 'rules'), { recursive: true });
  writeFileSync(join(cwd, 'config.yaml'), CONFIG);
  const write = (file: number, edit: number, isRenamed = false): void => {
    const rules = Array.from({ length: RULES }, (_, index) => {
      const n = file * RULES + index;
      return `  - { id: rule-${n}, keywords: ["word${n} more${n % 700}", other${n}, edit${index === 3 ? edit : 0}], reply: "Hello {{ contact.first_name | default: 'you' }}, number ${n}" }`;
    });
    const text = `version: 1\ndefaults: { on: message }\nrules:\n${rules.join('\n')}\n`;
    const path = join(cwd, 'rules', `${file}.yaml`);
    writeFileSync(isRenamed ? `${path}~` : path, text, { flush: isRenamed });
    if (isRenamed) renameSync(`${path}~`, path);
  };
  for (let file = 0; file < FILES; file += 1) write(file, 0);
  let edits = 0;
  return (kind) => {
    edits += 1;
    write((edits * 37) % FILES, edits, kind === 'rename');
  };
}

/** Collects what a process writes. */
function outputOf(child: ChildProcess, descriptor: number) {
  let text = '';
  const stream = child.stdio[descriptor] as NodeJS.ReadableStream;
  stream.setEncoding('utf8').on('data', (part: string) => (text += part));
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  return {
    text: () => text,
    count,
    async until(pattern: RegExp, times: number): Promise<void> {
      const signal = AbortSignal.timeout(60_000);
      while (count(pattern) < times) await once(stream, 'data', { signal });
    },
  };
}

function medians(all: readonly Figures[]): Figures {
  const of = (key: keyof Figures): number => {
    const sorted = all.map((each) => each[key]).sort((a, b) => a - b);
    return Number((sorted[Math.floor(sorted.length / 2)] ?? NaN).toPrecision(3));
  };
  return { took: of('took'), pause: of('pause'), work: of('work'), cpu: of('cpu') };
}

function table(rows: Readonly<Record<string, Figures>>): string {
  const head = ['a change in one of 100 files', 'took', 'longest pause', 'of it own work', 'CPU (ms)'];
  const lines = Object.entries(rows).map(([name, { took, pause, work, cpu }]) => [
    name,
    took,
    pause,
    work,
    cpu,
  ]);
  return [head, ...lines]
    .map((cells) => `${cells.map((cell) => String(cell).padEnd(30)).join('')}\n`)
    .join('');
}
