import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type TestContext } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/server.js';
import { areOfRun, runHere, type RunningHere, startHere } from './run-here.js';

const COMMAND = fileURLToPath(new URL('../../bin/autoresponder.js', import.meta.url));

/** Time limit of tests that start processes: on a busy machine each may need seconds to start. */
export const PROCESSES = { timeout: 240_000 };

/** The result of the command. `code` is null when a signal killed it. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly ended: Promise<Ended>;
  /** The output so far. */
  stdout(): string;
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
  /** Stops reading the output, as `| head -1` does after its line. */
  closeStdout(): void;
  closeStderr(): void;
}

export interface SpawnOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Text for stdin, which is closed after it. */
  readonly input?: string;
}

/** Cleanup at the end of a test, from its own context, because tests run concurrently. */
export type Cleanup = Pick<TestContext, 'onTestFinished'>;

/** Starts the built command. It is killed when the test ends, however the test ends. */
export function start(
  { onTestFinished }: Cleanup,
  args: readonly string[],
  { cwd, env = {}, input = '' }: SpawnOptions = {},
): Running {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    cwd: cwd ?? tmpdir(),
    env: { ...bareEnvironment(), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  // A command that does not read its stdin may be gone before it is written.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return {
    ended,
    stdout: () => stdout,
    stderr: () => stderr,
    kill: (signal) => void child.kill(signal),
    closeStdout: () => void child.stdout.destroy(),
    closeStderr: () => void child.stderr.destroy(),
  };
}

/** Commands that need a process of their own: they handle signals, or run for long. */
const OF_A_PROCESS = new Set(['demo', 'sandbox']);

/**
 * Runs a command to its end, in this process where that makes no difference: starting one costs half a second of CPU.
 * A process is started if the command depends on one: signals, stdin, and variables that are read at the start.
 */
export async function cli(
  test: Cleanup,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<Ended> {
  const { cwd = tmpdir(), env = {}, input } = options;
  const [command = '', sub] = args;
  if ((OF_A_PROCESS.has(command) && sub !== 'say') || input !== undefined || 'FORCE_COLOR' in env)
    return start(test, args, options).ended;
  if (command === 'run' && areOfRun(args.slice(1))) return run(test, args.slice(1), options).ended;
  return runHere(args, { cwd, env: { ...bareEnvironment(), ...env } });
}

/** Starts `run` in this process. It is stopped when the test ends. */
export function run(
  { onTestFinished }: Cleanup,
  args: readonly string[],
  { cwd = tmpdir(), env = {} }: SpawnOptions = {},
): RunningHere {
  const running = startHere(args, { cwd, env: { ...bareEnvironment(), ...env } });
  onTestFinished(async () => {
    running.kill('SIGTERM');
    await running.ended;
  });
  return running;
}

const OURS = process.env;

/**
 * The part of this process's environment that starting a process needs, without variables of the person who runs the
 * tests.
 */
function bareEnvironment(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'TZ'];
  return Object.fromEntries(names.flatMap((name) => (OURS[name] === undefined ? [] : [[name, OURS[name]]])));
}

/** Lines of JSON, parsed. Throws for a line that is not JSON. */
export function lines<T = Record<string, unknown>>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

/** A placeholder for a text of this form in an expectation. */
export function matching(form: RegExp): unknown {
  return expect.stringMatching(form);
}

/** A folder with a configuration and rules, and its sandbox. */
export interface Project {
  readonly folder: string;
  readonly sandbox: Sandbox;
  readonly options: SpawnOptions;
  /** Runs a command in the folder. */
  cli(...args: readonly string[]): Promise<Ended>;
  /** Starts a process, for tests of signals, of a crash, and of several processes. */
  start(...args: readonly string[]): Running;
  /** Starts `run` in the process of the test. */
  run(...args: readonly string[]): RunningHere;
  /** Writes a file of the folder. */
  write(file: string, text: string): void;
  read(file: string): string;
  /** The names of the files under `data`, with their bytes as text. */
  left(): Readonly<Record<string, string>>;
}

export interface ProjectOptions {
  readonly rules?: string;
  readonly sandbox?: Partial<SandboxOptions>;
  /** Lines that are added to the configuration, or replace the one with the same key. */
  readonly config?: Readonly<Record<string, string>>;
  readonly key?: string;
}

export const RULES = `version: 1
rules:
  - { id: pricing, on: message, keywords: [price], reply: "From 20 EUR, {{ message.id }}.", once_per: false }
  - { id: guide, on: comment, keywords: [guide], private_reply: "Here it is.", comment_reply: "Check your DMs!" }
tests:
  - { name: asks the price, event: { platform: instagram, text: "PRICE?" }, expect: { rule: pricing } }
  - { name: says hello, event: { platform: instagram, text: hello }, expect: silent }
`;

export async function aProject(
  test: Cleanup,
  { rules = RULES, sandbox: wanted = {}, config = {}, key }: ProjectOptions = {},
): Promise<Project> {
  const sandbox = await startSandbox({ limits: null, queuedFor: 20, ...wanted });
  const folder = mkdtempSync(join(tmpdir(), 'e2e-'));
  test.onTestFinished(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);
  mkdirSync(join(folder, 'rules'));
  write('rules/rules.yaml', rules);
  write('config.yaml', configText(sandbox, config));
  const options = { cwd: folder, env: { BLOTATO_API_KEY: key ?? sandbox.apiKey } };
  return {
    folder,
    sandbox,
    options,
    write,
    read: (file) => readFileSync(join(folder, file), 'utf8'),
    cli: (...args) => cli(test, args, options),
    start: (...args) => start(test, args, options),
    run: (...args) => run(test, args, options),
    left: () => leftIn(join(folder, 'data')),
  };
}

function configText(sandbox: Sandbox, more: Readonly<Record<string, string>>): string {
  const lines: Record<string, string> = {
    version: '1',
    mode: 'live',
    blotato: `{ base_url: "${sandbox.url}", api_key: "\${BLOTATO_API_KEY}" }`,
    store: 'sqlite:./data/autoresponder.db',
    rules: './rules',
    accounts: JSON.stringify(
      sandbox.world.accounts.map(({ name, id, platform, nativeId, pageId }) => {
        return {
          name,
          id,
          platform,
          native_id: nativeId,
          ...(pageId === undefined ? {} : { page_id: pageId }),
        };
      }),
    ),
    poll: '{ schedule: "* * * * * *" }',
    throttle: '{ sends_per_minute: 6000, reads_per_minute: 6000, per_account: { sends_per_hour: 60000 } }',
    log: '{ level: info, pretty: false }',
    ...more,
  };
  return Object.entries(lines)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
}

function leftIn(folder: string): Record<string, string> {
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(names.map(({ name }) => [name, readFileSync(join(folder, name), 'latin1')]));
}
