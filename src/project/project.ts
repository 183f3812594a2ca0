import { checkTemplate } from '../actions/compose/render.js';
import { loadConfig, sketchConfig } from '../config/load.js';
import { type LateFault, placeFaults, pointInConfig } from '../config/places.js';
import type { Config } from '../domain/config.js';
import type { Rule } from '../domain/rule.js';
import type { SavedReply } from '../domain/saved-reply.js';
import { type Checked, type Finding, lineOf } from '../domain/finding.js';
import type { Instant } from '../domain/time.js';
import { type BrokenWorkspace, type CheckedEach, isOnly } from '../domain/workspaces.js';
import { type HolidayLookup, isHolidayCode, loadHolidays } from '../engine/calendar/holidays.js';
import { type CompiledSet, compileSet } from '../engine/rule-set.js';
import { checkKeyword } from '../engine/text/keywords.js';
import { isSchedule } from '../poller/schedule.js';
import { type LoadedRules, loadRules } from '../rules/load.js';
import type { RuleContext, RuleSet } from '../rules/parse.js';
import { KEPT_TABLE } from '../rules/tables.js';
import type { Environment } from '../yaml/interpolate.js';
import { answersFrom, type Asked } from './asked.js';
import { asOnly, loadConfigsOf } from './load-request.js';
import { createTableLog, tableSource, type TableLog, type UsedTable } from './table-source.js';
import { createTables, type Tables } from './tables.js';

/** A configuration and its rules, checked together and ready to run. */
export interface Project {
  readonly config: Config;
  readonly rules: RuleSet;
  readonly set: CompiledSet;
  readonly holidays: HolidayLookup;
}

/** Rules with the FAQ tables that they were generated from. */
export interface ProjectRules extends LoadedRules {
  readonly tables: readonly UsedTable[];
  /** Reasons for using an older version of a table, as `file:line:column: message`. */
  readonly troubles: readonly string[];
}

/** A configuration and its parsed rules, checked together. */
export interface ReadProject {
  readonly config: Config;
  readonly rules: ProjectRules;
}

/** A workspace, ready to run. */
export interface Workspace extends Pick<Project, 'config' | 'set'> {
  /** Texts for replies by hand. @default none */
  readonly saved?: readonly SavedReply[];
}

/**
 * Reads and checks everything. All findings are returned at once; a project with errors is not loaded in
 * part.
 */
export async function loadProject(
  file: string,
  env: Environment,
  workspace?: string,
): Promise<Checked<Project>> {
  const read = await readProjects(asOnly(loadConfig(file, env, isSchedule, workspace)), file, env);
  const [only] = read.ok ? read.value : [];
  if (!read.ok || !only) return read.ok ? { ok: false, findings: read.warnings } : read;
  return { ok: true, value: await compileProject(only), warnings: read.warnings };
}

/**
 * Reads and checks all workspaces of a file, or the one named. An error in a workspace leaves out that
 * workspace only.
 */
export async function loadProjects(
  file: string,
  env: Environment,
  workspace?: string,
): Promise<CheckedEach<ReadProject>> {
  return readProjects(loadConfigsOf({ file, env, workspace }), file, env);
}

/** Compiles the rules of a checked project. */
export async function compileProject({ config, rules }: ReadProject): Promise<Project> {
  const holidays = await holidaysOf(config);
  return { config, rules, set: compileSet(rules.rules, config.calendars, holidays), holidays };
}

/** Source of FAQ tables, and a record of the tables that rules name while they are read. */
export interface TableAccessParts {
  readonly tables: Pick<Tables, 'states' | 'fetchNew'>;
  readonly log: TableLog;
  /** Notes what the rules were checked against besides files and tables. @default not noted */
  readonly asked?: Asked;
}

/**
 * The configurations of one file and their rules, checked together but not compiled. Configurations with the
 * same rules and calendars share the parsed rules, so that thousands cost no more than one. Each finding is
 * reported once.
 */
export async function readProjects(
  configs: CheckedEach<Config>,
  file: string,
  env: Environment,
  access: TableAccessParts = { tables: createTables(), log: createTableLog() },
): Promise<CheckedEach<ReadProject>> {
  if (!configs.ok) return { ok: false, findings: [...configs.findings, ...ruleFindings(file, env)] };
  const known = new Map<string, Checked<ProjectRules>>();
  const warnings = new Map(configs.warnings.map((finding) => [lineOf(finding), finding]));
  const found: ReadProject[] = [];
  const broken: BrokenWorkspace[] = [...configs.broken];
  for (const config of configs.value) {
    const read = await readProject(config, { file, env, known, access });
    if (read.ok) found.push({ config, rules: read.value });
    else broken.push({ workspace: config.workspace, config, findings: read.findings });
    for (const finding of read.ok ? read.warnings : []) warnings.set(lineOf(finding), finding);
  }
  const all = { value: found, broken, warnings: [...warnings.values()] };
  if (found.length === 0 && isOnly(all)) {
    return { ok: false, findings: [...all.warnings, ...broken.flatMap(({ findings }) => findings)] };
  }
  return { ok: true, ...all };
}

interface Reading {
  readonly file: string;
  readonly env: Environment;
  /** Rules that were already read, keyed by everything that they depend on. */
  readonly known: Map<string, Checked<ProjectRules>>;
  readonly access: TableAccessParts;
}

/** The rules of a configuration, if both are without errors. */
async function readProject(config: Config, reading: Reading): Promise<Checked<ProjectRules>> {
  const { file, env } = reading;
  const late = await lateFaults(config);
  const faults = late.length === 0 ? [] : placeFaults(pointInConfig(file, env, config.workspace), late);
  const rules = await rulesOf(config, reading);
  if (faults.length === 0) return rules;
  return { ok: false, findings: [...faults, ...(rules.ok ? [] : rules.findings)] };
}

/**
 * Rules that name accounts are checked against the accounts of the workspace, so a parsed rule set is shared
 * only if they all exist in it.
 */
async function rulesOf(config: Config, { env, known, access }: Reading): Promise<Checked<ProjectRules>> {
  const shared = JSON.stringify([config.rulesPath, config.calendars]);
  const before = known.get(shared);
  const names = new Set(config.accounts.map(({ name }) => name));
  if (
    before?.ok === true &&
    before.value.rules.every(({ accounts }) => accounts.every((each) => names.has(each)))
  )
    return before;
  const read = await withTables(config, env, access);
  if (before === undefined) known.set(shared, read);
  return read;
}

/** Reads the rules. If they name tables at new addresses, fetches the tables and reads the rules again. */
async function withTables(
  config: Config,
  env: Environment,
  { tables, log, asked }: TableAccessParts,
): Promise<Checked<ProjectRules>> {
  for (;;) {
    const own = createTableLog();
    const context = { ...ruleContext(config, env, asked), tableOf: tableSource(config, tables.states, own) };
    const read = loadRules(config.rulesPath, context);
    for (const [key, wanted] of own.wanted) log.wanted.set(key, wanted);
    for (const name of own.files) log.files.add(name);
    if (await tables.fetchNew(own.wanted.values())) continue;
    if (!read.ok) return read;
    const troubles = read.warnings.filter(({ code }) => code === KEPT_TABLE).map(lineOf);
    log.used.push(...own.used);
    return { ...read, value: { ...read.value, tables: own.used, troubles } };
  }
}

/** Findings about the rules of a configuration that has errors itself. */
function ruleFindings(file: string, env: Environment): readonly Finding[] {
  const sketch = sketchConfig(file, env);
  if (!sketch) return [];
  const rules = loadRules(sketch.rulesPath, { ...sketch, checkTemplate, checkKeyword });
  return rules.ok ? [] : rules.findings;
}

/** Loads the rules of a checked configuration. */
export async function readRules(
  config: Config,
  env: Environment = process.env,
): Promise<Checked<Pick<Project, 'rules' | 'set' | 'holidays'>>> {
  const rules = await withTables(config, env, { tables: createTables(), log: createTableLog() });
  if (!rules.ok) return rules;
  const holidays = await holidaysOf(config);
  const set = compileSet(rules.value.rules, config.calendars, holidays);
  return { ok: true, value: { rules: rules.value, set, holidays }, warnings: rules.warnings };
}

/** The public holidays used by the calendars of a configuration. */
export function holidaysOf({ calendars }: Pick<Config, 'calendars'>): Promise<HolidayLookup> {
  return loadHolidays(calendars.flatMap(({ holidays }) => (holidays === null ? [] : [holidays])));
}

/** Lint warnings of a valid project. `file` and `env` must be those that the project was loaded with. */
export async function lintProject(
  { config, rules, set, holidays }: Project,
  file: string,
  env: Environment,
  now: Instant,
): Promise<readonly Finding[]> {
  const point = pointInConfig(file, env, config.workspace);
  if (!point) return [];
  const compile = (changed: readonly Rule[]) => compileSet(changed, config.calendars, holidays);
  const { lint } = await import('../lint/lint.js');
  return lint({ config, rules, set, compile, holidays, now, pointInConfig: point });
}

/** The values of a configuration that its rules are checked against. */
export function ruleContext(config: Config, env: Environment, asked?: Asked): RuleContext {
  return {
    accounts: config.accounts,
    calendars: config.calendars.map((calendar) => calendar.name),
    checkTemplate,
    checkKeyword,
    allowHosts: config.webhooks.allowHosts,
    ...answersFrom(env, asked),
  };
}

/** Errors in the configuration that only libraries can detect. */
async function lateFaults({ calendars }: Config): Promise<LateFault[]> {
  const faults: LateFault[] = [];
  for (const { name, holidays } of calendars) {
    if (holidays === null || (await isHolidayCode(holidays))) continue;
    const message = `holidays: no public holidays are known for "${holidays}"`;
    const fix = 'Write a country, or a country and its region: FR, DE-BY, US-CA.';
    faults.push({ path: ['calendars', name, 'holidays'], code: 'holidays', message, fix });
  }
  return faults;
}
