import { runCommand } from '../../src/cli/command-line.js';

/** How a command ended. */
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
 * Runs a command in this process as in one of its own: in the folder, with the variables, and with what it prints
 * captured. One at a time, since the three belong to the whole process; tests that run beside it use none of them.
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
