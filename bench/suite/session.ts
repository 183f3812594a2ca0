// Child processes of a benchmark and its temporary folder. All of them end with it, also on Ctrl-C.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** The resources that one process took. */
export interface Usage {
  /** CPU time in milliseconds, all threads together. */
  readonly cpu: number;
  /** Time from start to end, in milliseconds. */
  readonly wall: number;
  /** Peak of the resident memory. */
  readonly mb: number;
}

export interface Session {
  /** Also the folder of temporary files of all children. */
  readonly folder: string;
  /** Starts a process in a group of its own. The descriptor 3 is a pipe for reports. */
  readonly start: (command: string, args: readonly string[], options: StartOptions) => ChildProcess;
  /** Runs Node to its end and returns what it took. Throws if it fails. */
  readonly measure: (args: readonly string[], cwd: string) => Promise<Usage>;
  /** Runs Node to its end and returns the text it wrote to descriptor 3. Throws if it fails. */
  readonly report: (args: readonly string[], cwd: string) => Promise<string>;
  /** Median CPU time of a bare `node -e 0`, in milliseconds. */
  readonly bareNode: (times: number) => Promise<number>;
  /** Runs a command whose output is shown on stderr. Throws if it fails. */
  readonly show: (command: string, args: readonly string[], cwd: string) => Promise<void>;
  /** Registers work for the case of Ctrl-C, after the end of all children. Returns a function that removes it. */
  readonly onInterrupt: (undo: () => unknown) => () => void;
  readonly isInterrupted: () => boolean;
  readonly close: () => Promise<void>;
}

export interface StartOptions {
  readonly cwd: string;
  readonly stdio?: readonly ('ignore' | 'pipe' | 'inherit' | 'ipc' | number)[];
}

/**
 * Writes the resources of the process when it ends: Node does not return those of a child. Linux counts the memory of the
 * parent at the time of the start into `maxRSS`, so the peak of the program alone is read from /proc.
 */
const USAGE = `if (require('node:worker_threads').isMainThread) process.on('exit', () => {
  const { readFileSync, writeSync } = require('node:fs');
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  let kb = maxRSS;
  try { kb = Number(/VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]); } catch {}
  writeSync(3, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1000, mb: kb / 1024 }));
});`;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Maximum time to wait for killed children, and for the registered work, in milliseconds. */
const PATIENCE = 5_000;

export function openSession(): Session {
  const folder = mkdtempSync(join(tmpdir(), 'autoresponder-bench-'));
  const usage = join(folder, 'usage.cjs');
  writeFileSync(usage, USAGE);
  const children = new Set<ChildProcess>();
  const undos = new Set<() => unknown>();
  const start: Session['start'] = (command, args, { cwd, stdio = ['ignore', 'ignore', 'pipe', 'pipe'] }) => {
    const env = { ...process.env, BLOTATO_API_KEY: 'bench', TMPDIR: folder, NO_COLOR: '1' };
    const child = spawn(command, args, { cwd, env, stdio: [...stdio], detached: true });
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  };
  const report: Session['report'] = async (args, cwd) => {
    const child = start(process.execPath, args, { cwd });
    const [errors, text] = [textOf(child, 2), textOf(child, 3)];
    const code = await endOf(child);
    if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}: ${await errors}`);
    return text;
  };
  const measure: Session['measure'] = async (args, cwd) => {
    const began = performance.now();
    const text = await report(['--require', usage, ...args], cwd);
    return { wall: performance.now() - began, ...(JSON.parse(text) as { cpu: number; mb: number }) };
  };
  let isInterrupted = false;
  const end = async (): Promise<void> => {
    await killAll(children);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  const close = async (): Promise<void> => {
    // The part that was interrupted fails, and must not end the process before its children have ended.
    if (isInterrupted) await new Promise(() => undefined);
    for (const signal of SIGNALS) process.off(signal, interrupt);
    await end();
  };
  const interrupt = (): void => {
    if (isInterrupted) return;
    isInterrupted = true;
    process.stderr.write('\ninterrupted: ending all children\n');
    void end()
      .then(() => Promise.race([Promise.allSettled([...undos].map(async (undo) => undo())), wait(PATIENCE)]))
      .finally(() => process.exit(130));
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  return {
    ...{ folder, start, report, measure, close, isInterrupted: () => isInterrupted },
    bareNode: async (times) => {
      const all: number[] = [];
      for (let time = 0; time < times; time += 1) all.push((await measure(['-e', '0'], folder)).cpu);
      return all.sort((a, b) => a - b)[Math.floor(times / 2)] ?? NaN;
    },
    show: async (command, args, cwd) => {
      const child = start(command, args, { cwd, stdio: ['ignore', process.stderr.fd, process.stderr.fd] });
      const code = await endOf(child);
      if (code !== 0) throw new Error(`${command} ${args.join(' ')} in ${cwd} ended with ${code}`);
    },
    onInterrupt: (undo) => {
      undos.add(undo);
      return () => undos.delete(undo);
    },
  };
}

/** Sends SIGKILL to the groups of all children, and waits for their end. */
async function killAll(children: ReadonlySet<ChildProcess>): Promise<void> {
  const ends = [...children].map(async (child) => {
    const end = once(child, 'exit', { signal: AbortSignal.timeout(PATIENCE) }).catch(() => undefined);
    kill(child, 'SIGKILL');
    await end;
  });
  await Promise.all(ends);
}

/** Signals a child and the processes that it started. */
export function kill({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It ended meanwhile.
  }
}

function endOf(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'nothing'));
  });
}

async function textOf(child: ChildProcess, descriptor: number): Promise<string> {
  let text = '';
  const stream = child.stdio[descriptor] as NodeJS.ReadableStream;
  for await (const part of stream.setEncoding('utf8')) text += part as string;
  return text;
}
