import { statSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import type { Config } from '../domain/config.js';
import { type CheckedEach, isOnly } from '../domain/workspaces.js';
import type { Rule } from '../domain/rule.js';
import type { SentModels } from '../engine/meaning/scopes.js';
import { type CompiledSet, compileSetInSteps } from '../engine/rule-set.js';
import { listYamlFiles, readText } from '../yaml/read.js';
import { inTurns } from './in-turns.js';
import { holidaysOf, readProjects, type Workspace } from './project.js';
import { nameOf, onlyOrigin, readParsedRules } from './parsed-rules.js';
import { type CheckedFiles, readChanged, SLOW_KEY, THREAD_FROM_BYTES } from './changed-files.js';
import { type Asked, createAsked } from './asked.js';
import { readInThread, saveInThread } from './in-thread.js';
import { loadConfigsOf, type LoadRequest, namedIn, type NamedTables } from './load-request.js';
import { groupOf, NO_RULES, type RuleGroup } from './rule-group.js';
import { createTableLog } from './table-source.js';
import { createTables, type Tables } from './tables.js';

/** A workspace, ready to run, with the files that its rules were read from. */
export interface LoadedWorkspace
  extends Pick<Workspace, 'config' | 'set'>, Omit<RuleGroup, 'rules' | 'parts'> {}

/** The loaded workspaces, and the tables that their rules name. */
export type LoadedWorkspaces = CheckedEach<LoadedWorkspace> & {
  readonly named: NamedTables;
  /** Given back to the next load, for which only changed files are read. @default the next load reads all */
  readonly kept?: KeptSet;
};

/** The set of the only workspace, by file. Valid for the same configuration. */
export interface KeptSet extends CheckedFiles {
  /** Name of the configuration. */
  readonly origin: string;
  readonly set: CompiledSet;
  /** Length of the texts that changed since the rules were saved beside the store; -Infinity if they are not saved. */
  readonly unsaved: number;
}

/** When run from TypeScript sources, no thread is used: Node 20 cannot start one from such a file. */
const IS_SOURCE = import.meta.url.endsWith('.ts');

/**
 * Reads, checks and compiles workspaces without blocking a running program: large rule files and FAQ tables
 * are read in a thread, and the rest is done a few milliseconds at a time. Workspaces that share rules share the
 * compiled set. With `before`, as the last load returned it, only changed files are read if that gives the same.
 */
export async function loadWorkspaces(
  order: LoadRequest,
  tables: Tables = createTables(),
  before?: KeptSet,
): Promise<LoadedWorkspaces> {
  const configs = loadConfigsOf(order);
  await turn();
  const read = await readRulesOf(order, { configs, tables, before });
  if (!read.ok) return { ok: false, findings: read.findings, named: read.named };
  // If a file has an error, its tables are unknown, and their last good versions are needed later.
  if (read.broken.length === 0) tables.only(new Set(read.named.wanted.map(({ key }) => key)));
  const { sent = new Map(), asked, unsaved, ...rest } = read;
  const sets = new Map<readonly Rule[], CompiledSet>();
  const value: LoadedWorkspace[] = [];
  for (const { config, rules, parts, ...group } of read.value) {
    const options = { holidays: await holidaysOf(config), sent, before: before?.set };
    const set = sets.get(rules) ?? (await inTurns(compileSetInSteps(rules, config.calendars, options)));
    sets.set(rules, set);
    value.push({ config, set, ...group });
  }
  const kept = keptOf(read, value[0]?.set);
  return { ...rest, value, ...(kept && { kept }) };
}

/** The set for the next load; null if a load depends on more than configuration and rule files. */
function keptOf(read: Extract<Read, { ok: true }>, set: CompiledSet | undefined): KeptSet | null {
  const { named, value, asked, unsaved } = read;
  const [only] = value;
  if (!only || !set || !isOnly(read) || named.wanted.length + named.files.length > 0) return null;
  // Of the thread's reading: the file may have changed in between.
  const { config, parts } = only;
  return {
    ...{ origin: nameOf(config), parts, asked, set },
    unsaved: config.store.kind === 'sqlite' ? unsaved : -Infinity,
  };
}

interface ReadRules extends RuleGroup {
  readonly config: Config;
}

type Read = CheckedEach<ReadRules> & {
  readonly named: NamedTables;
  readonly asked: Asked;
  readonly unsaved: number;
  readonly sent?: SentModels;
};

interface ReadOptions {
  readonly configs: CheckedEach<Config>;
  readonly tables: Tables;
  readonly before?: KeptSet | undefined;
}

/** Reads and checks the rules where that costs the program least. */
async function readRulesOf(order: LoadRequest, options: ReadOptions): Promise<Read> {
  const changed = await readKnown(order, options);
  if (changed) return changed;
  const { configs, tables } = options;
  const isAside = !IS_SOURCE && configs.ok && isLarge(configs.value);
  return isAside ? readAside(order, tables) : readHere(order, configs, tables);
}

/**
 * The rules of the only workspace as they were read before, or by the last start, with the files that changed since.
 * Null if that is not enough, or there are several workspaces.
 */
async function readKnown(order: LoadRequest, { configs, before }: ReadOptions): Promise<Read | null> {
  const origin = onlyOrigin(configs);
  if (!origin) return null;
  const { env, isStart } = order;
  const saved = isStart === true ? readParsedRules(origin.config, env) : null;
  const known = saved ?? (before?.origin === nameOf(origin.config) ? before : null);
  const changed = known && (await inTurns(readChanged(known, origin, env)));
  if (!changed) return null;
  const { rules, parts, texts, saved: replies, warnings, asked } = changed;
  return {
    ...{ ok: true, broken: [], warnings, named: { wanted: [], files: [] }, asked },
    value: [{ config: origin.config, ...NO_RULES, rules, parts, texts, saved: replies }],
    sent: new Map(saved?.models.map((each) => [each.hash, each])),
    unsaved: await saveAside(order, changed.changed + (saved ? 0 : (before?.unsaved ?? -Infinity))),
  };
}

/** Lets a thread save the rules if much changed since the last time, so that the next start has less to read. */
async function saveAside(order: LoadRequest, unsaved: number): Promise<number> {
  if (unsaved < THREAD_FROM_BYTES) return unsaved;
  // Starting a thread takes some milliseconds, which cannot be split, so nothing else is done in that round.
  await turn();
  saveInThread(order);
  await turn();
  return 0;
}

async function readHere(
  { file, env }: LoadRequest,
  configs: CheckedEach<Config>,
  tables: Tables,
): Promise<Read> {
  const log = createTableLog();
  const asked = createAsked();
  const read = await readProjects(configs, file, env, { tables, log, asked });
  const rest = { named: namedIn(log), asked, unsaved: -Infinity };
  if (!read.ok) return { ...read, ...rest };
  const value = read.value.map(({ config, rules }) => ({ config, ...groupOf(rules) }));
  return { ...read, value, ...rest };
}

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
    if (!(await tables.fetchNew(read.named.wanted))) return { ...read, unsaved: 0 };
  }
}
