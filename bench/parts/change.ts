// Time from a change in one of 100 files of 100 rules until a running program decides by it, and its longest pause
// meanwhile. Both builds run all the time, and are changed in turn.
//
// `by signal` reads the changed file at once, on SIGHUP, as after a change in the dashboard. `by file` and `by rename` wait
// for the program to see the change: one file is written in place, and is read once it is the same for a second, and one is
// written beside the other and renamed, as by editors that save atomically.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Build } from '../suite/builds.js';
import { type Context, inPairs } from '../suite/context.js';
import { type Figure, figureOf, type Spec } from '../suite/figure.js';
import { configOf, ruleLine } from '../suite/project.js';
import { kill, type Session } from '../suite/session.js';

const [FILES, RULES] = [100, 100];
const STARTED = /"started"/gu;
/** Logged when the changed rules are active; the second text is that of earlier releases. */
const RELOADED = /rules and calendars (?:reloaded|were read again)/gu;
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

interface Change {
  readonly took: number;
  readonly pause: number;
  readonly work: number;
  readonly cpu: number;
}
const KINDS = ['signal', 'file', 'rename'] as const;
type Kind = (typeof KINDS)[number];
type Changes = Readonly<Record<Kind, Change>>;

/** A running program whose rules can be changed. */
interface Program {
  readonly change: () => Promise<Changes>;
  readonly stop: () => Promise<void>;
}

export async function benchChange(context: Context): Promise<Figure[]> {
  const { session, own, other, size } = context;
  const programs = new Map<Build, Program>();
  try {
    for (const build of [own, other])
      if (build !== null) programs.set(build, await startProgram(build, programs.size, session));
    const rounds = { name: 'a change in one of 100 files', times: size === 'quick' ? 2 : 5, bare: 3 };
    const pairs = await inPairs(context, rounds, async (build) => {
      const program = programs.get(build);
      if (!program) throw new Error(`${build.name} does not run`);
      return program.change();
    });
    return KINDS.flatMap((kind) => specs(kind, size).map((each) => figureOf(pairs, each)));
  } finally {
    for (const program of programs.values()) await program.stop();
  }
}

function specs(kind: Kind, size: Context['size']): Spec<Changes>[] {
  const base = { part: 'change', size, unit: 'ms' } as const;
  return [
    {
      ...{ ...base, name: `by ${kind}, until it decides`, of: (run) => run[kind].took },
      asked: [{ of: 'ratio', is: 'at most', limit: 0.1 }],
    },
    {
      ...{ ...base, name: `by ${kind}, longest pause`, of: (run) => run[kind].pause },
      asked: [{ of: 'value', is: 'at most', limit: 10 }],
    },
    { ...base, name: `by ${kind}, longest pause, own work`, of: (run) => run[kind].work },
    { ...base, name: `by ${kind}, CPU`, of: (run) => run[kind].cpu, portable: 'cpu' },
  ];
}

async function startProgram({ bin }: Build, index: number, session: Session): Promise<Program> {
  const report = join(session.folder, 'change.cjs');
  writeFileSync(report, REPORT);
  const cwd = join(session.folder, `change-${index}`);
  const write = project(cwd);
  const args = ['--require', report, bin, 'run'];
  const child = session.start(process.execPath, args, { cwd, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const log = outputOf(child, 2);
  const reports = outputOf(child, 3);
  const sinceLast = async (): Promise<Omit<Change, 'took'>> => {
    const before = reports.count(/\n/gu);
    child.kill('SIGUSR2');
    await reports.until(/\n/gu, before + 1);
    return JSON.parse(reports.text().split('\n')[before] ?? '') as Omit<Change, 'took'>;
  };
  const changeBy = async (kind: Kind): Promise<Change> => {
    await wait(1_000 + Math.random() * 1_000);
    const before = log.count(RELOADED);
    await sinceLast();
    const start = performance.now();
    write(kind);
    if (kind === 'signal') child.kill('SIGHUP');
    await log.until(RELOADED, before + 1);
    const took = performance.now() - start;
    await wait(50);
    const change = { took, ...(await sinceLast()) };
    // The file changed as well.
    if (kind === 'signal') await log.until(RELOADED, before + 2);
    return change;
  };
  await log.until(STARTED, 1);
  await wait(3_000);
  return {
    change: async () => ({
      signal: await changeBy('signal'),
      file: await changeBy('file'),
      rename: await changeBy('rename'),
    }),
    stop: async () => {
      kill(child, 'SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

/** Writes a project. Returns a function that changes a rule of the next file. */
function project(cwd: string): (kind: Kind) => void {
  mkdirSync(join(cwd, 'rules'), { recursive: true });
  writeFileSync(join(cwd, 'config.yaml'), configOf('./rules'));
  const write = (file: number, edit: number, isRenamed = false): void => {
    const rules = Array.from({ length: RULES }, (_, index) =>
      ruleLine(file * RULES + index, index === 3 ? edit : 0),
    );
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
