import { sep } from 'node:path';
import { workspacesFolder } from '../config/workspaces-folder.js';
import type { Config } from '../domain/config.js';
import { type Finding, lineOf } from '../domain/finding.js';
import type { Clock, Instant } from '../domain/time.js';
import type { SavedReply } from '../domain/saved-reply.js';
import type { CompiledSet } from '../engine/rule-set.js';
import type { Logger } from '../log/logger.js';
import type { BrokenWorkspace } from '../domain/workspaces.js';
import { type LoadedWorkspace, type LoadedWorkspaces, loadWorkspaces } from './load-in-thread.js';
import { loadConfigsOf, type LoadRequest } from './load-request.js';
import { changedKeys, withReloaded } from './changed-keys.js';
import { createFaultLog, REMIND_EVERY } from './fault-log.js';
import { createNewcomers } from './newcomers.js';
import type { Workspace } from './project.js';
import { keepTables, watchTables } from './live-tables.js';
import type { UsedTable } from './table-source.js';
import { createTables, type Tables } from './tables.js';
import { changes } from './watch.js';

/**
 * The active rules, and the errors that keep newer ones from being activated. Times in milliseconds; sent as
 * JSON.
 */
export interface RulesState {
  readonly rules: number;
  readonly loadedAt: Instant;
  /** Start of the errors; null if the files contain the active rules. */
  readonly problem: {
    readonly since: Instant;
    /** `file:line:column: message`, one per error. */
    readonly faults: readonly string[];
  } | null;
}

/** A workspace of a running program; a reload replaces its rules between two events. */
export interface LiveWorkspace extends Workspace {
  /** A reload replaces only the keys that `changedKeys` leaves out; the others stay as at the start. */
  config: Config;
  set: CompiledSet;
  loadedAt: Instant;
  problem: RulesState['problem'];
  /** True while the configuration has the workspace no more: it is not served. @default false */
  isRemoved?: boolean;
  /** The FAQ tables that the rules were generated from. */
  tables: readonly UsedTable[];
  /** Texts for replies by hand. */
  saved: readonly SavedReply[];
}

/** A loaded workspace as it starts to run. */
export function liveWorkspace(
  { config, set, tables = [], saved = [], troubles = [] }: Workspace & Partial<LoadedWorkspace>,
  clock: Clock,
): LiveWorkspace {
  const now = clock();
  return { config, set, tables, saved, loadedAt: now, problem: problemOf(troubles, null, now) };
}

/** The problem of active rules that use an older version of a table. */
function problemOf(
  troubles: readonly string[],
  before: RulesState['problem'],
  now: Instant,
): RulesState['problem'] {
  return troubles.length === 0 ? null : { since: before?.since ?? now, faults: troubles };
}

export function rulesState({ set, loadedAt, problem }: LiveWorkspace): RulesState {
  return { rules: set.written.length, loadedAt, problem };
}

export interface ReloadOptions {
  readonly order: LoadRequest;
  /** The workspaces that `order` loaded. A new workspace in the files takes effect at the next start. */
  readonly workspaces: readonly LiveWorkspace[];
  /** The workspaces whose files had errors at the start. @default none */
  readonly broken?: readonly BrokenWorkspace[];
  /**
   * Called when the rules of a workspace changed, or the errors that keep changed rules from being activated.
   */
  readonly onChange: (workspace: string) => void;
  /** The tables that the workspaces were loaded with. @default none */
  readonly tables?: Tables;
  /** The rest that the start loaded. @default no tables, and the first reload reads all files */
  readonly loaded?: Pick<LoadedWorkspaces, 'named' | 'kept'>;
  /** Receives the workspaces without errors, after each read. @default no callback */
  readonly onRead?: (loaded: readonly LoadedWorkspace[]) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Reloader {
  /**
   * Reads configuration and rules again. Each workspace is checked on its own: if it has an error, its previous
   * rules stay active; after an error in a value that all workspaces share, the previous rules of all stay
   * active. Never rejects.
   */
  reload(why: string): Promise<void>;
  /**
   * Reloads whenever a file changes, and repeats the log line about broken files every 10 minutes, until the
   * signal is aborted.
   */
  watch(signal: AbortSignal): Promise<void>;
}

const FILE_CHANGED = 'a file changed';
const KEYS_LATER = 'changed keys of the configuration take effect at the next start';

export function createReloader(options: ReloadOptions): Reloader {
  const { order, workspaces, logger, tables = createTables(), broken = [] } = options;
  const { files: tableFiles = [] } = options.loaded?.named ?? {};
  let files: readonly string[] = [...filesOf(order, workspaces), ...tableFiles, ...filesWithErrors(broken)];
  /** True if the last reload found other files to watch, which counts as a change of them. */
  let isRelisted = false;
  let running: Promise<void> = Promise.resolve();
  let kept = options.loaded?.kept;
  const newcomers = createNewcomers(workspaces, broken, logger);
  const log = createFaultLog(logger, {
    ...{ faults: [...faultsOf(broken), ...troublesOf(workspaces)], isTables: broken.length === 0 },
    ...affected(workspaces, broken),
  });
  async function once(why: string): Promise<void> {
    const loaded = await loadWorkspaces(order, tables, kept);
    const isRecheck = isRelisted && why === FILE_CHANGED;
    const before = files;
    files = filesAfter(loaded, order, before);
    isRelisted = JSON.stringify(files) !== JSON.stringify(before);
    if (!loaded.ok) {
      const errors = errorsOf(loaded.findings);
      refuse(workspaces, options, ({ config }) => faultsFor(config, errors, workspaces));
      log.report({ why, isRecheck, faults: errors.map(lineOf), ...affected(workspaces, []) });
      return;
    }
    ({ kept } = loaded);
    const { rules, keys, activated, moved } = activate(loaded.value, options);
    const faulty = newcomers(loaded);
    refuseBroken(faulty, options);
    await keepTables(tables, loaded.value, logger);
    options.onRead?.(loaded.value);
    log.report({
      ...{ why, isRecheck, rules, activated, isTables: faulty.length === 0 && !moved },
      faults: [...faultsOf(faulty), ...troublesOf(workspaces)],
      ...affected(workspaces, faulty),
    });
    if (keys.length > 0 && !isRecheck) logger.warn({ keys }, KEYS_LATER);
  }

  const reload = (why: string): Promise<void> => {
    running = running
      .then(() => once(why))
      .catch((error: unknown) => {
        refuse(workspaces, options, () => [String(error)]);
        log.report({ why, faults: [String(error)], ...affected(workspaces, []) });
      });
    return running;
  };
  return {
    reload,
    async watch(signal) {
      const stopTables = watchTables(tables, () => reload('a FAQ table changed'));
      const reminder = setInterval(log.remind, REMIND_EVERY);
      const ticks = changes(() => files, { signal });
      while ((await ticks.next()).done !== true) await reload(FILE_CHANGED);
      clearInterval(reminder);
      stopTables();
    },
  };
}

/** Names of the workspaces that keep their previous rules or are left out, and the number of all. */
function affected(all: readonly LiveWorkspace[], leftOut: readonly BrokenWorkspace[]) {
  const workspaces = all.filter(({ isRemoved }) => isRemoved !== true);
  const namesOf = (some: readonly LiveWorkspace[]) =>
    new Set([...some.map(({ config }) => config.workspace), ...leftOut.map(({ workspace }) => workspace)]);
  return {
    names: [...namesOf(workspaces.filter(({ problem }) => problem !== null))],
    of: namesOf(workspaces).size,
  };
}

/** The files whose next change causes a reload. */
function filesAfter(
  loaded: LoadedWorkspaces,
  order: LoadRequest,
  before: readonly string[],
): readonly string[] {
  const { files } = loaded.named;
  if (loaded.ok) return [...filesOf(order, loaded.value), ...files, ...filesWithErrors(loaded.broken)];
  // Tables of a file that cannot be read now are kept, because the file may still name them.
  return [...new Set([...filesOf(order, null), ...before, ...files])];
}

/** Reasons of workspaces for using older versions of tables. */
function troublesOf(workspaces: readonly LiveWorkspace[]): readonly string[] {
  return workspaces.flatMap(({ problem }) => problem?.faults ?? []);
}

/**
 * Refuses the changed rules of workspaces whose files have errors; the changed rules of other workspaces are
 * used.
 */
function refuseBroken(broken: readonly BrokenWorkspace[], options: ReloadOptions): void {
  const found = new Map(broken.map((each) => [each.workspace, each]));
  const live = options.workspaces.filter(({ config }) => found.has(config.workspace));
  refuse(live, options, ({ config }) =>
    faultsOf([found.get(config.workspace)].filter((each) => each !== undefined)),
  );
}

/** `file:line:column: message`, one for each error. */
export function faultsOf(broken: readonly BrokenWorkspace[]): readonly string[] {
  return [...new Set(broken.flatMap(({ findings }) => errorsOf(findings).map(lineOf)))];
}

/** The files whose next change may fix the errors. */
function filesWithErrors(broken: readonly BrokenWorkspace[]): readonly string[] {
  const rules = broken.flatMap(({ config }) => (config === null ? [] : [config.rulesPath]));
  return [...new Set([...rules, ...broken.flatMap(({ findings }) => findings.map(({ file }) => file))])];
}

/** Keeps the previous rules active and records the errors. */
function refuse(
  workspaces: readonly LiveWorkspace[],
  { clock, onChange }: ReloadOptions,
  faultsOf: (workspace: LiveWorkspace) => readonly string[],
): void {
  for (const each of workspaces) {
    each.problem = { since: each.problem?.since ?? clock(), faults: faultsOf(each) };
    onChange(each.config.workspace);
  }
}

/** Activates valid rules, except for workspaces whose accounts changed. */
function activate(loaded: readonly LoadedWorkspace[], options: ReloadOptions) {
  const { order, workspaces, onChange, clock } = options;
  const found = new Map(loaded.map((each) => [each.config.workspace, each]));
  const keys = new Set<string>();
  const end = { rules: 0, activated: 0, moved: false };
  for (const each of workspaces) {
    const next = found.get(each.config.workspace);
    if (!next) continue;
    const changed = changedKeys(each.config, next.config);
    if (changed.includes('accounts')) {
      end.moved = true;
      refuse([each], options, () => [accountsChanged(order)]);
      continue;
    }
    const problem = problemOf(next.troubles, each.problem, clock());
    const config = withReloaded(each.config, next.config);
    const { set, tables, saved } = next;
    Object.assign(each, { config, set, tables, saved, loadedAt: clock(), problem });
    onChange(each.config.workspace);
    end.rules += next.set.written.length;
    end.activated += 1;
    for (const key of changed) keys.add(key);
  }
  return { ...end, keys: [...keys] };
}

function accountsChanged({ file }: LoadRequest): string {
  return `${file}: accounts changed, and rules are checked against them: restart the program`;
}

function errorsOf(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ severity }) => severity === 'error');
}

/** Paths of the configuration, of its folder of workspaces, and of its rules, as far as they can be read. */
function filesOf(order: LoadRequest, loaded: readonly Pick<Workspace, 'config'>[] | null): readonly string[] {
  const configs = loaded
    ? { ok: true as const, value: loaded.map(({ config }) => config) }
    : loadConfigsOf(order);
  const folder = workspacesFolder(order.file, order.env);
  const rules = new Set(configs.ok ? configs.value.map(({ rulesPath }) => rulesPath) : []);
  return [order.file, ...(folder === null ? [] : [folder]), ...rules];
}

/** In an installation with several workspaces, an owner sees only errors of their own files. */
function faultsFor(
  { rulesPath }: Config,
  findings: readonly Finding[],
  all: readonly unknown[],
): readonly string[] {
  const own = findings.filter(
    ({ file }) => all.length === 1 || file === rulesPath || file.startsWith(`${rulesPath}${sep}`),
  );
  return own.length > 0
    ? own.map(lineOf)
    : ['other files of this installation have errors; see the log of the program'];
}
