import { statSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { loadConfig, loadConfigs } from '../config/load.js';
import type { Config } from '../domain/config.js';
import type { CheckedEach } from '../domain/workspaces.js';
import type { Rule } from '../domain/rule.js';
import type { Millis } from '../domain/time.js';
import { type CompiledSet, compileSetInSteps } from '../engine/rule-set.js';
import type { Steps } from '../engine/steps.js';
import { isSchedule } from '../poller/schedule.js';
import type { RuleText } from '../rules/load.js';
import { listYamlFiles } from '../yaml/read.js';
import { holidaysOf, readProjects, type Workspace } from './project.js';

/** A request to load a configuration. */
export interface LoadRequest {
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Name of the only workspace to load. @default all workspaces */
  readonly workspace?: string | undefined;
  /** True to send nothing, whatever the mode in the configuration. */
  readonly shadow?: boolean | undefined;
}

/** A workspace, ready to run, with the files that its rules were read from. */
export interface LoadedWorkspace extends Workspace {
  readonly texts: readonly RuleText[];
}

/** A chunk of the rules that a group of workspaces shares. */
export interface Chunk {
  readonly group: number;
  readonly rules: readonly Rule[];
  /** Files that the rules were read from. */
  readonly texts: readonly RuleText[];
}

/** A workspace, and the group of workspaces that share its rules. */
export interface Grouped {
  readonly config: Config;
  readonly group: number;
}

/**
 * Minimum size of rule files for a thread: reading takes about a millisecond per kilobyte, and starting a
 * thread half a second.
 */
const THREAD_FROM_BYTES = 64 * 1024;
/** When run from TypeScript sources, no thread is used: Node 20 cannot start one from such a file. */
const IS_SOURCE = import.meta.url.endsWith('.ts');
/** Longest time that receiving rules from the thread may block the program. */
const LONGEST_STEP: Millis = 5;

/** The configurations of the workspaces. */
export function loadConfigsOf({ file, env, workspace, shadow }: LoadRequest): CheckedEach<Config> {
  const one = workspace === undefined ? null : loadConfig(file, env, isSchedule, workspace);
  const all =
    one === null
      ? loadConfigs(file, env, isSchedule)
      : one.ok
        ? { ...one, value: [one.value], broken: [] }
        : one;
  if (!all.ok || shadow !== true) return all;
  return { ...all, value: all.value.map((config) => ({ ...config, mode: 'shadow' as const })) };
}

/**
 * Reads, checks and compiles workspaces without blocking a running program: large rule files are read in a
 * thread, and the rest is done a few milliseconds at a time. Workspaces that share rules share the compiled
 * set.
 */
export async function loadWorkspaces(order: LoadRequest): Promise<CheckedEach<LoadedWorkspace>> {
  const configs = loadConfigsOf(order);
  const isAside = !IS_SOURCE && configs.ok && isLarge(configs.value);
  const read = isAside ? await readInThread(order) : await readHere(order, configs);
  if (!read.ok) return read;
  const sets = new Map<readonly Rule[], CompiledSet>();
  const value: LoadedWorkspace[] = [];
  for (const { config, rules, texts } of read.value) {
    const set =
      sets.get(rules) ??
      (await inTurns(compileSetInSteps(rules, config.calendars, await holidaysOf(config))));
    sets.set(rules, set);
    value.push({ config, set, texts });
  }
  return { ...read, value };
}

interface ReadRules {
  readonly config: Config;
  readonly rules: readonly Rule[];
  readonly texts: readonly RuleText[];
}

type Read = CheckedEach<ReadRules>;

async function readHere({ file, env }: LoadRequest, configs: CheckedEach<Config>): Promise<Read> {
  const read = await readProjects(configs, file, env);
  if (!read.ok) return read;
  return {
    ...read,
    value: read.value.map(({ config, rules: { rules, texts } }) => ({ config, rules, texts })),
  };
}

/** True if the files are large enough for a thread. Errors are reported when they are read. */
function isLarge(configs: readonly Config[]): boolean {
  const bytes = [...new Set(configs.map(({ rulesPath }) => rulesPath))]
    .map((path) => listYamlFiles(path, ''))
    .flatMap((files) => (files.ok ? files.value : []))
    .reduce((sum, each) => sum + (statSync(each, { throwIfNoEntry: false })?.size ?? 0), 0);
  return bytes >= THREAD_FROM_BYTES;
}

async function readInThread(order: LoadRequest): Promise<Read> {
  const { port1, port2 } = new MessageChannel();
  const worker = startWorker({ ...order, parcels: port2 }, [port2]);
  try {
    const read = await new Promise<CheckedEach<Grouped>>((resolve, reject) => {
      worker.once('message', resolve).once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the loader thread ended with ${code}`)));
    });
    if (!read.ok) return read;
    const groups = await unpack(port1);
    return {
      ...read,
      value: read.value.map(({ config, group }) => ({ config, ...(groups.get(group) ?? NO_RULES) })),
    };
  } finally {
    port1.close();
    await worker.terminate();
  }
}

type Group = Omit<Chunk, 'group'>;

const NO_RULES: Group = { rules: [], texts: [] };

/** Chunks are received one at a time: a port with a listener would deliver all of them at once. */
async function unpack(port: MessagePort): Promise<ReadonlyMap<number, Group>> {
  const groups = new Map<number, { rules: Rule[]; texts: readonly RuleText[] }>();
  for (;;) {
    const received = receiveMessageOnPort(port) as { readonly message: Chunk } | undefined;
    if (!received) return groups;
    const { group, rules, texts } = received.message;
    const known = groups.get(group);
    if (known) known.rules.push(...rules);
    else groups.set(group, { rules: [...rules], texts });
    await turn();
  }
}

function startWorker(
  order: LoadRequest & { readonly parcels: MessagePort },
  transferList: [MessagePort],
): Worker {
  const entry = new URL('./loader-thread.js', import.meta.url);
  return new Worker(entry, { workerData: order, transferList });
}

/** Runs the steps with pauses, in which the program continues. */
async function inTurns<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const until = performance.now() + LONGEST_STEP;
    do {
      const step = steps.next();
      if (step.done === true) return step.value;
    } while (performance.now() < until);
    await turn();
  }
}
