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

/** What to read. */
export interface LoadRequest {
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** @default all */
  readonly workspace?: string | undefined;
  /** Decide, and send nothing, whatever the configuration says. */
  readonly shadow?: boolean | undefined;
}

/** A workspace, ready to run, with the files that its rules were read from. */
export interface LoadedWorkspace extends Workspace {
  readonly texts: readonly RuleText[];
}

/** Some of the rules of the workspaces whose group this is. */
export interface Chunk {
  readonly group: number;
  readonly rules: readonly Rule[];
  /** Files that they were read from. */
  readonly texts: readonly RuleText[];
}

/** A workspace and the group of those that share their rules. */
export interface Grouped {
  readonly config: Config;
  readonly group: number;
}

/** Reading takes about a millisecond a kilobyte, and a thread of its own half a second. */
const THREAD_FROM_BYTES = 64 * 1024;
/** Run from its TypeScript, the program reads without a thread: Node 20 starts none from such a file. */
const IS_SOURCE = import.meta.url.endsWith('.ts');
/** The program does nothing else for this long at a time while it takes rules over. */
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
 * Reads, checks and compiles workspaces beside a program at work: large rule files are read in a thread of their own,
 * and what remains is done a few milliseconds at a time. Workspaces that share rules share the compiled set.
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

/** Whether the files are worth a thread. Reading them reports what is wrong with them. */
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
      worker.once('exit', (code) => reject(new Error(`the thread that reads the rules ended with ${code}`)));
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

/** One parcel at a time: a port that is listened to would deliver all at once. */
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

/** Does the steps with pauses between, in which the program continues. */
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
