// Time from the start of `run` until it is ready, with 10,000 rules that have not changed since the last start.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Build } from '../suite/builds.js';
import { type Context, inPairs } from '../suite/context.js';
import { type Figure, figureOf, type Spec } from '../suite/figure.js';
import { cpuOf } from '../suite/process.js';
import { configOf, ruleLine } from '../suite/project.js';
import { kill, type Session } from '../suite/session.js';

const RULES = 10_000;
/** Logged when rules and store are loaded, before the first poll. */
const READY = /\bstarted\b/;

interface Start {
  readonly wall: number;
  readonly cpu: number;
}

export async function benchStart(context: Context): Promise<Figure[]> {
  const { session, own, other, size } = context;
  const folders = new Map([own, other].flatMap((build, n) => (build ? [[build, project(session, n)]] : [])));
  const run = (build: Build): Promise<Start> => start(build, folders.get(build) ?? '', session);
  const first = await inPairs(context, { name: 'first start', times: 1, bare: 3 }, run);
  const rounds = { name: 'start with unchanged rules', times: size === 'quick' ? 3 : 7, bare: 3 };
  const again = await inPairs(context, rounds, run);
  const base = { part: 'start', size } as const;
  const cpu = { ...base, unit: 'ms', of: (each: Start) => each.cpu, portable: 'cpu' } as const;
  const asked = [{ of: 'ratio', is: 'at most', limit: 0.2 }] as const;
  const wall: Spec<Start> = { ...base, name: 'unchanged rules, wall', unit: 'ms', of: (each) => each.wall };
  return [
    figureOf(first, { ...cpu, name: 'first start, CPU' }),
    figureOf(again, { ...cpu, name: 'unchanged rules, CPU', asked }),
    figureOf(again, { ...wall, asked }),
  ];
}

/** A project for each build: another release cannot open the same store. */
function project({ folder }: Session, index: number): string {
  const cwd = join(folder, `start-${index}`);
  mkdirSync(cwd);
  const rules = Array.from({ length: RULES }, (_, n) => ruleLine(n));
  writeFileSync(join(cwd, 'config.yaml'), configOf('./rules.yaml'));
  writeFileSync(
    join(cwd, 'rules.yaml'),
    `version: 1\ndefaults: { on: message }\nrules:\n${rules.join('\n')}\n`,
  );
  return cwd;
}

async function start({ bin }: Build, cwd: string, session: Session): Promise<Start> {
  const began = performance.now();
  const child = session.start(process.execPath, [bin, 'run'], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  let log = '';
  const started = await new Promise<Start>((done, failed) => {
    const read = (part: Buffer): void => {
      log += part.toString();
      if (READY.test(log)) done({ wall: performance.now() - began, cpu: cpuOf(child.pid ?? 0) });
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => failed(new Error(`run ended with ${code}: ${log}`)));
  });
  // It saves the rules for the next start first.
  await wait(1_500);
  kill(child, 'SIGTERM');
  await ended;
  return started;
}
