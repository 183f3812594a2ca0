// Resident memory and processor time of `run` with 10,000 rules, 20 accounts and no messages, in its second start. The sandbox
// is a process of its own.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ACCOUNT_COUNT, rulesOf } from '../pipeline.js';
import { accountsOf, type Told } from '../sandbox.js';
import type { Build } from '../suite/builds.js';
import { type Context, inPairs } from '../suite/context.js';
import { type Figure, figureOf } from '../suite/figure.js';
import { cpuOf } from '../suite/process.js';
import { kill, type Session } from '../suite/session.js';

const STARTED = /\bstarted\b/u;
const SANDBOX = fileURLToPath(new URL('../../.bench/build/bench/sandbox.js', import.meta.url));
/** Time in which the first start saves its rules, in milliseconds. */
const SAVED_AFTER = 4_000;
/** Time from the start to the measurement, in milliseconds. */
const LASTS = { quick: 15_000, usual: 30_000 } as const;

interface Idle {
  readonly megabytes: number;
  readonly cpuPercent: number;
}

export async function benchIdle(context: Context): Promise<Figure[]> {
  const { session, own, other, size } = context;
  const sandbox = fork(SANDBOX, [String(ACCOUNT_COUNT)], { execArgv: [] });
  const stop = session.onInterrupt(() => sandbox.kill('SIGKILL'));
  try {
    const [{ url }] = (await once(sandbox, 'message')) as [Told];
    const folders = new Map<Build, string>();
    for (const build of [own, other])
      if (build !== null) folders.set(build, project(join(session.folder, `idle-${folders.size}`), url));
    const idle = async (build: Build): Promise<Idle> => {
      const cwd = folders.get(build) ?? '';
      await measured({ build, cwd, lasts: SAVED_AFTER }, session);
      return measured({ build, cwd, lasts: LASTS[size] }, session);
    };
    const runs = await inPairs(context, { name: 'idle', times: 1, bare: 3 }, idle);
    const base = { part: 'idle', size } as const;
    return [
      figureOf(runs, {
        ...{ ...base, name: '10,000 rules and 20 accounts, memory', unit: 'MB', portable: 'same' },
        of: ({ megabytes }) => megabytes,
        asked: [{ of: 'ratio', is: 'at most', limit: 0.667 }],
      }),
      figureOf(runs, {
        ...{ ...base, name: '10,000 rules and 20 accounts, CPU', unit: '% of a core' },
        of: ({ cpuPercent }) => cpuPercent,
      }),
    ];
  } finally {
    stop();
    sandbox.disconnect();
  }
}

/** Writes a project for one build: another release cannot open the same store. Returns its folder. */
function project(cwd: string, url: string): string {
  const accounts = accountsOf(ACCOUNT_COUNT).map(({ name, id, platform }) => ({ name, id, platform }));
  const rules = rulesOf().map(({ id, platforms, accounts: names, keywords }) => ({
    ...{ id, on: 'message', keywords: keywords?.any, reply: `Hello {{ contact.first_name }}, ${id}` },
    ...(platforms.length > 0 ? { platforms } : {}),
    ...(names.length > 0 ? { accounts: names } : {}),
  }));
  const config = {
    ...{ version: 1, store: 'sqlite:./bench.db', rules: './rules.yaml', accounts },
    blotato: { base_url: url, api_key: 'sandbox-key' },
    poll: { schedule: '*/5 * * * * *', comments: false },
    throttle: { reads_per_minute: 6_000 },
  };
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'config.yaml'), JSON.stringify(config));
  writeFileSync(join(cwd, 'rules.yaml'), JSON.stringify({ version: 1, rules }, null, 1));
  return cwd;
}

interface Measured {
  readonly build: Build;
  readonly cwd: string;
  /** Time after the start, in milliseconds. */
  readonly lasts: number;
}

async function measured({ build, cwd, lasts }: Measured, session: Session): Promise<Idle> {
  const child = session.start(process.execPath, [build.bin, 'run'], {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  await started(child);
  const before = cpuOf(child.pid ?? 0);
  await delay(lasts);
  const cpuPercent = ((cpuOf(child.pid ?? 0) - before) / lasts) * 100;
  const kilobytes = /VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8'))?.[1];
  kill(child, 'SIGTERM');
  await ended;
  return { megabytes: Number(kilobytes) / 1024, cpuPercent };
}

async function started(child: ChildProcess): Promise<void> {
  let log = '';
  await new Promise<void>((done, failed) => {
    child.stderr?.on('data', (part: Buffer) => {
      log += part.toString();
      if (STARTED.test(log)) done();
    });
    child.once('exit', (code) => failed(new Error(`run ended with ${code}: ${log}`)));
  });
}
