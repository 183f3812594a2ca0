import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { MINUTE, type Millis, SECOND } from '../../src/domain/time.js';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.js';
import { createDice } from './dice.js';
import { createProgram, type Program } from './program.js';
import { command, firstStart } from './set-up.js';
import { createTraffic } from './traffic.js';

/** Blotato's limits per route and minute (its page on rate limits, 2026). */
const LIMITS = { sendsPerMinute: 30, readsPerMinute: 60 };
/** The time between two restarts of the program. */
const LIFE: Millis = 100 * SECOND;

export interface AllowanceResult {
  readonly ok: boolean;
  readonly seconds: number;
  readonly restarts: number;
  /** Calls that got a 429, of any route. */
  readonly refused: number;
  /** Shares of the server's limit: messages sent, and reads of the list of messages. */
  readonly sends: number;
  readonly reads: number;
  readonly broken: readonly string[];
}

/**
 * The built program at full load before a server with a rate limit, for a given time. It is killed or stopped
 * now and then, since a restart must not forget the used budget.
 */
export async function allowance(
  lasts: Millis,
  seed: number,
  onProgress?: (text: string) => void,
): Promise<AllowanceResult> {
  const folder = mkdtempSync(join(tmpdir(), 'allowance-'));
  const sandbox = await startSandbox({ limits: LIMITS, queuedFor: 60 });
  const throttle = '{ sends_per_minute: 30, reads_per_minute: 60, per_account: { sends_per_hour: 10000 } }';
  const program = createProgram(command(folder, sandbox, { throttle }), join(folder, 'commits.log'));
  try {
    await firstStart(folder, program);
    const before = { sends: count(sandbox, 'POST /v2/messages'), reads: count(sandbox, 'GET /v2/messages') };
    const began = Date.now();
    const traffic = createTraffic(sandbox, createDice(seed), 500);
    const writing = setInterval(() => traffic.burst(), SECOND);
    const restarts = await lives(program, began + lasts, () => {
      const seconds = Math.round((Date.now() - began) / SECOND);
      onProgress?.(`${seconds} s, ${count(sandbox, 'POST /v2/messages')} sent, ${refusals(sandbox)} refused`);
    });
    clearInterval(writing);
    const minutes = (Date.now() - began) / MINUTE;
    const share = (route: string, earlier: number, most: number) =>
      Math.round(((count(sandbox, route) - earlier) / (most * minutes)) * 1_000) / 1_000;
    const sends = share('POST /v2/messages', before.sends, LIMITS.sendsPerMinute);
    const reads = share('GET /v2/messages', before.reads, LIMITS.readsPerMinute);
    const refused = refusals(sandbox);
    const broken = [...program.faults, ...sandbox.violations];
    const seconds = Math.round(minutes * 60);
    const ok = refused === 0 && sends >= 0.95 && reads >= 0.95 && broken.length === 0;
    return { ok, seconds, restarts, refused, sends, reads, broken };
  } finally {
    await program.end();
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function lives(program: Program, until: number, onSecond: () => void): Promise<number> {
  let restarts = 0;
  program.start();
  for (let ends = Date.now() + LIFE; Date.now() < until;) {
    await wait(SECOND);
    onSecond();
    if (Date.now() < ends || Date.now() >= until) continue;
    restarts += 1;
    if (restarts % 2 === 0) await program.end();
    else await program.kill();
    program.start();
    ends = Date.now() + LIFE;
  }
  return restarts;
}

function count(sandbox: Sandbox, route: string): number {
  const calls = sandbox.calls()[route] ?? {};
  return (calls[200] ?? 0) + (calls[201] ?? 0);
}

function refusals(sandbox: Sandbox): number {
  return Object.values(sandbox.calls()).reduce((sum, calls) => sum + (calls[429] ?? 0), 0);
}
