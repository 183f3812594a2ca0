import { EventEmitter } from 'node:events';
import { resolve } from 'node:path';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { runCommand } from '../../src/cli/command-line.js';
import { codeOf } from '../../src/cli/failure.js';
import { run } from '../../src/cli/run.js';

/** The result of a command. */
export interface EndedHere {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs a command in this process like in its own: with its folder, variables and captured output. Commands
 * run one at a time, since folder, variables and output belong to the whole process; concurrent tests use
 * none of the three.
 */
export function runHere(args: readonly string[], surroundings: Surroundings): Promise<EndedHere> {
  const ended = last.then(() => runAlone(args, surroundings));
  last = ended.catch(() => undefined);
  return ended;
}

async function runAlone(args: readonly string[], { cwd, env }: Surroundings): Promise<EndedHere> {
  const { stdout, stderr } = process;
  const before = { cwd: process.cwd(), env: process.env, stdout: stdout.write, stderr: stderr.write };
  const printed = { stdout: '', stderr: '' };
  try {
    process.chdir(cwd);
    process.env = { ...env };
    stdout.write = collect((text) => (printed.stdout += text));
    stderr.write = collect((text) => (printed.stderr += text));
    const code = await runCommand(args);
    return { code, ...printed };
  } finally {
    stdout.write = before.stdout;
    stderr.write = before.stderr;
    process.env = before.env;
    process.chdir(before.cwd);
  }
}

function collect(add: (text: string) => void): typeof process.stdout.write {
  return (chunk: Uint8Array | string, ...rest: readonly unknown[]) => {
    add(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
    for (const each of rest) if (typeof each === 'function') setImmediate(each as () => void);
    return true;
  };
}

export interface RunningHere {
  readonly ended: Promise<EndedHere>;
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
}

const OPTIONS = {
  config: { type: 'string', default: 'config.yaml' },
  once: { type: 'boolean' },
  shadow: { type: 'boolean' },
} as const;

/** True if the arguments are valid for `run`; arguments that the command line refuses go through `runHere`. */
export function areOfRun(args: readonly string[]): boolean {
  return args.every((arg, index) => {
    return !arg.startsWith('-') ? args[index - 1] === '--config' : arg.slice(2) in OPTIONS;
  });
}

/** Starts `run` in this process, with its own signals and log, concurrently with others, until it is stopped. */
export function startHere(args: readonly string[], { cwd, env }: Surroundings): RunningHere {
  const { config, ...options } = parseArgs({ args: [...args], options: OPTIONS }).values;
  const signals = new EventEmitter();
  let said = '';
  const stderr = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      said += text;
      done();
    },
  });
  const ended = run({ ...options, config: resolve(cwd, config) }, { env, stderr, signals }).then(
    () => 0,
    (error: unknown) => codeOf(error, stderr),
  );
  return {
    ended: ended.then((code) => ({ code, stdout: '', stderr: said })),
    stderr: () => said,
    kill: (signal) => void signals.emit(signal, signal),
  };
}
