import { statSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { loadConfig, loadConfigs } from '../config/load.js';
import type { Config } from '../domain/config.js';
import type { CheckedEach } from '../domain/workspaces.js';
import type { Rule } from '../domain/rule.js';
import type { SentModels } from '../engine/meaning/scopes.js';
import type { SentModel } from '../engine/meaning/transfer.js';
import { type CompiledSet, compileSetInSteps } from '../engine/rule-set.js';
import { isSchedule } from '../poller/schedule.js';
import { listYamlFiles, readText } from '../yaml/read.js';
import { inTurns } from './in-turns.js';
import { holidaysOf, readProjects, type Workspace } from './project.js';
import { onlyOrigin, readParsedRules } from './parsed-rules.js';
import { groupOf, type RuleGroup } from './rule-group.js';
import { createTableLog, type TableLog, type WantedTable } from './table-source.js';
import { createTables, type Tables } from './tables.js';

/** A request to load a configuration. */
export interface LoadRequest {
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Name of the only workspace to load. @default all workspaces */
  readonly workspace?: string | undefined;
  /** True to send nothing, whatever the mode in the configuration. */
  readonly shadow?: boolean | undefined;
  /** True to take the rules that the last start parsed, if they are the same. @default false */
  readonly isStart?: boolean | undefined;
}

/** A workspace, ready to run, with the files that its rules were read from. */
export interface LoadedWorkspace extends Pick<Workspace, 'config' | 'set'>, Omit<RuleGroup, 'rules'> {}

/** The loaded workspaces, and the tables that their rules name. */
export type LoadedWorkspaces = CheckedEach<LoadedWorkspace> & { readonly named: NamedTables };

/** The FAQ tables that rules name, whether or not they could be read. */
export interface NamedTables {
  readonly wanted: readonly WantedTable[];
  readonly files: readonly string[];
}

/** A chunk of the rules that a group of workspaces shares. */
export interface Chunk extends RuleGroup {
  readonly group: number;
}

/** A parcel from the loader thread. */
export type Parcel = Chunk | SentModel;

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

/** A request to the loader thread. */
export interface ThreadOrder extends LoadRequest {
  readonly parcels: MessagePort;
  /** Known versions of the tables at addresses, since the thread fetches nothing. */
  readonly states: Tables['states'];
}

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
 * Reads, checks and compiles workspaces without blocking a running program: large rule files and FAQ tables
 * are read in a thread, and the rest is done a few milliseconds at a time. Workspaces that share rules share the
 * compiled set.
 */
export async function loadWorkspaces(
  order: LoadRequest,
  tables: Tables = createTables(),
): Promise<LoadedWorkspaces> {
  const read = await readRulesOf(order, tables);
  if (!read.ok) return read;
  // If a file has an error, its tables are unknown, and their last good versions are needed later.
  if (read.broken.length === 0) tables.only(new Set(read.named.wanted.map(({ key }) => key)));
  const { sent = new Map(), ...rest } = read;
  const sets = new Map<readonly Rule[], CompiledSet>();
  const value: LoadedWorkspace[] = [];
  for (const { config, rules, ...group } of read.value) {
    const set =
      sets.get(rules) ??
      (await inTurns(
        compileSetInSteps(rules, config.calendars, { holidays: await holidaysOf(config), sent }),
      ));
    sets.set(rules, set);
    value.push({ config, set, ...group });
  }
  return { ...rest, value };
}

interface ReadRules extends RuleGroup {
  readonly config: Config;
}

type Read = CheckedEach<ReadRules> & { readonly named: NamedTables; readonly sent?: SentModels };

/** Reads and checks the rules where that costs the program least. */
async function readRulesOf(order: LoadRequest, tables: Tables): Promise<Read> {
  const configs = loadConfigsOf(order);
  const isAside = !IS_SOURCE && configs.ok && isLarge(configs.value);
  if (!isAside) return readHere(order, configs, tables);
  const known = order.isStart === true ? readKnown(configs, order) : null;
  return known ?? readAside(order, tables);
}

/** The rules of the only workspace as the last start parsed them; null if anything differs, or there are several. */
function readKnown(configs: CheckedEach<Config>, { env }: LoadRequest): Read | null {
  const origin = onlyOrigin(configs);
  const known = origin && readParsedRules(origin, env);
  if (!origin || !known) return null;
  const { models, warnings, rules, saved, texts } = known;
  return {
    ...{ ok: true, broken: [], warnings, named: { wanted: [], files: [] } },
    value: [{ config: origin.config, ...NO_RULES, rules, saved, texts }],
    sent: new Map(models.map((each) => [each.hash, each])),
  };
}

async function readHere(
  { file, env }: LoadRequest,
  configs: CheckedEach<Config>,
  tables: Tables,
): Promise<Read> {
  const log = createTableLog();
  const read = await readProjects(configs, file, env, { tables, log });
  const named = namedIn(log);
  if (!read.ok) return { ...read, named };
  const value = read.value.map(({ config, rules }) => ({ config, ...groupOf(rules) }));
  return { ...read, value, named };
}

export function namedIn({ wanted, files }: TableLog): NamedTables {
  return { wanted: [...wanted.values()], files: [...files] };
}

/** Tables take longer to read than other rules of the same size, and models of examples take long to train. */
const SLOW_KEY = /\b(?:answers|examples)["']?\s*:/u;

/**
 * True if the files are large enough for a thread, name tables, which may be large, or have rules with examples.
 * Errors are reported when they are read.
 */
function isLarge(configs: readonly Config[]): boolean {
  let bytes = 0;
  for (const path of new Set(configs.map(({ rulesPath }) => rulesPath))) {
    const files = listYamlFiles(path, '');
    for (const each of files.ok ? files.value : []) {
      bytes += statSync(each, { throwIfNoEntry: false })?.size ?? 0;
      if (bytes >= THREAD_FROM_BYTES) return true;
      const text = readText(each, '');
      if (text.ok && SLOW_KEY.test(text.value)) return true;
    }
  }
  return false;
}

/** Reads the rules in a thread, and again once new addresses were fetched in this process. */
async function readAside(order: LoadRequest, tables: Tables): Promise<Read> {
  for (;;) {
    const read = await readInThread(order, tables.states);
    if (!(await tables.fetchNew(read.named.wanted))) return read;
  }
}

async function readInThread(order: LoadRequest, states: Tables['states']): Promise<Read> {
  const { port1, port2 } = new MessageChannel();
  const worker = startWorker({ ...order, states, parcels: port2 }, [port2]);
  try {
    const read = await new Promise<CheckedEach<Grouped> & { readonly named: NamedTables }>(
      (resolve, reject) => {
        worker.once('message', resolve).once('error', reject);
        worker.once('exit', (code) => reject(new Error(`the loader thread ended with ${code}`)));
      },
    );
    if (!read.ok) {
      await worker.terminate();
      return read;
    }
    const { groups, sent } = await unpack(port1);
    letSave(worker);
    return {
      ...{ ...read, sent },
      value: read.value.map(({ config, group }) => ({ config, ...(groups.get(group) ?? NO_RULES) })),
    };
  } catch (error) {
    await worker.terminate();
    throw error;
  } finally {
    port1.close();
  }
}

/** The thread then saves the rules for the next start and ends; the program does not wait for it. */
function letSave(worker: Worker): void {
  worker.removeAllListeners();
  // A failure costs the next start some time, and nothing else.
  worker.on('error', () => undefined);
  worker.unref();
  worker.postMessage('received');
}

const NO_RULES: RuleGroup = { rules: [], texts: [], tables: [], saved: [], troubles: [] };

/** Chunks are received one at a time: a port with a listener would deliver all of them at once. */
async function unpack(
  port: MessagePort,
): Promise<{ readonly groups: ReadonlyMap<number, RuleGroup>; readonly sent: SentModels }> {
  const sent = new Map<string, SentModel>();
  const groups = new Map<number, RuleGroup & { readonly rules: Rule[] }>();
  for (;;) {
    const received = receiveMessageOnPort(port) as { readonly message: Parcel } | undefined;
    if (!received) return { groups, sent };
    const { message } = received;
    if ('hash' in message) sent.set(message.hash, message);
    else addChunk(message, groups);
    await turn();
  }
}

function addChunk(
  { group, rules, ...rest }: Chunk,
  groups: Map<number, RuleGroup & { readonly rules: Rule[] }>,
): void {
  const known = groups.get(group);
  if (known) known.rules.push(...rules);
  else groups.set(group, { rules: [...rules], ...rest });
}

function startWorker(order: ThreadOrder, transferList: [MessagePort]): Worker {
  const entry = new URL('./loader-thread.js', import.meta.url);
  return new Worker(entry, { workerData: order, transferList });
}
