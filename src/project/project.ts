import { checkTemplate } from '../actions/compose/render.js';
import { type LateFault, loadConfig, placeFaults, pointInConfig, sketchConfig } from '../config/load.js';
import type { Config } from '../domain/config.js';
import type { Rule } from '../domain/rule.js';
import { type Checked, type Finding, lineOf } from '../domain/finding.js';
import type { Instant } from '../domain/time.js';
import { type HolidayLookup, isHolidayCode, loadHolidays } from '../engine/calendar/holidays.js';
import { type CompiledSet, compileSet } from '../engine/rule-set.js';
import { checkKeyword } from '../engine/text/keywords.js';
import { isSchedule } from '../poller/schedule.js';
import { loadRules } from '../rules/load.js';
import type { RuleContext, RuleSet } from '../rules/parse.js';
import type { Environment } from '../yaml/interpolate.js';

/** A configuration and its rules, checked together and ready to run. */
export interface Project {
  readonly config: Config;
  readonly rules: RuleSet;
  readonly set: CompiledSet;
  readonly holidays: HolidayLookup;
}

/** A configuration and its rules as they are written, checked together. */
export type ReadProject = Pick<Project, 'config' | 'rules'>;

/** A workspace, ready to run. */
export type Workspace = Pick<Project, 'config' | 'set'>;

/** Reads and checks everything. All findings come at once; a project with errors is not half loaded. */
export async function loadProject(
  file: string,
  env: Environment,
  workspace?: string,
): Promise<Checked<Project>> {
  const config = loadConfig(file, env, isSchedule, workspace);
  const read = await readProjects(config.ok ? { ...config, value: [config.value] } : config, file, env);
  const [only] = read.ok ? read.value : [];
  if (!read.ok || !only) return read.ok ? { ok: false, findings: read.warnings } : read;
  const holidays = await holidaysOf(only.config);
  const set = compileSet(only.rules.rules, only.config.calendars, holidays);
  return { ok: true, value: { ...only, set, holidays }, warnings: read.warnings };
}

/**
 * Configurations of one file and their rules, checked together and not compiled. Those that share rules and calendars
 * share what is read of them, so that thousands cost no more than one. Each finding comes once.
 */
export async function readProjects(
  configs: Checked<readonly Config[]>,
  file: string,
  env: Environment,
): Promise<Checked<readonly ReadProject[]>> {
  if (!configs.ok) return { ok: false, findings: [...configs.findings, ...ruleFindings(file, env)] };
  const faults = placeFaults(file, env, (await Promise.all(configs.value.map(lateFaults))).flat());
  if (faults.length > 0) return { ok: false, findings: [...faults, ...ruleFindings(file, env)] };
  const known = new Map<string, Checked<RuleSet>>();
  const findings = new Map(configs.warnings.map((finding) => [lineOf(finding), finding]));
  const found: ReadProject[] = [];
  for (const config of configs.value) {
    const read = rulesOf(config, env, known);
    if (read.ok) found.push({ config, rules: read.value });
    for (const finding of read.ok ? read.warnings : read.findings) findings.set(lineOf(finding), finding);
  }
  const all = [...findings.values()];
  return found.length === configs.value.length
    ? { ok: true, value: found, warnings: all }
    : { ok: false, findings: all };
}

/** Rules may name accounts, which must be those of the workspace: only then are those of another read the same. */
function rulesOf(config: Config, env: Environment, known: Map<string, Checked<RuleSet>>): Checked<RuleSet> {
  const shared = JSON.stringify([config.rulesPath, config.calendars]);
  const before = known.get(shared);
  const names = new Set(config.accounts.map(({ name }) => name));
  if (
    before?.ok === true &&
    before.value.rules.every(({ accounts }) => accounts.every((each) => names.has(each)))
  )
    return before;
  const read = loadRules(config.rulesPath, ruleContext(config, env));
  if (before === undefined) known.set(shared, read);
  return read;
}

/** What is wrong with the rules of a configuration that has faults itself. */
function ruleFindings(file: string, env: Environment): readonly Finding[] {
  const sketch = sketchConfig(file, env);
  if (!sketch) return [];
  const rules = loadRules(sketch.rulesPath, { ...sketch, checkTemplate, checkKeyword });
  return rules.ok ? [] : rules.findings;
}

/** Rules of a configuration that is already checked. */
export async function readRules(
  config: Config,
  env: Environment = process.env,
): Promise<Checked<Pick<Project, 'rules' | 'set' | 'holidays'>>> {
  const rules = loadRules(config.rulesPath, ruleContext(config, env));
  if (!rules.ok) return rules;
  const holidays = await holidaysOf(config);
  const set = compileSet(rules.value.rules, config.calendars, holidays);
  return { ok: true, value: { rules: rules.value, set, holidays }, warnings: rules.warnings };
}

/** The public holidays that the calendars of a configuration name. */
export function holidaysOf({ calendars }: Pick<Config, 'calendars'>): Promise<HolidayLookup> {
  return loadHolidays(calendars.flatMap(({ holidays }) => (holidays === null ? [] : [holidays])));
}

/** What is probably not meant in a project that is valid. `file` and `env` are those it was loaded with. */
export async function lintProject(
  { config, rules, set, holidays }: Project,
  file: string,
  env: Environment,
  now: Instant,
): Promise<readonly Finding[]> {
  const point = pointInConfig(file, env);
  if (!point) return [];
  const compile = (changed: readonly Rule[]) => compileSet(changed, config.calendars, holidays);
  const { lint } = await import('../lint/lint.js');
  return lint({ config, rules, set, compile, holidays, now, pointInConfig: point });
}

function ruleContext(config: Config, env: Environment): RuleContext {
  return {
    accounts: config.accounts,
    calendars: config.calendars.map((calendar) => calendar.name),
    checkTemplate,
    checkKeyword,
    allowHosts: config.webhooks.allowHosts,
    hasVariable: (name) => env[name] !== undefined,
  };
}

/** What only the libraries can say about a value of the configuration. */
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
