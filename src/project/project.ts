import { checkTemplate } from '../actions/compose/render.js';
import { type LateFault, loadConfig, placeFaults, pointInConfig, sketchConfig } from '../config/load.js';
import type { Config } from '../domain/config.js';
import type { Rule } from '../domain/rule.js';
import type { Checked, Finding } from '../domain/finding.js';
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

/** Reads and checks everything. All findings come at once; a project with errors is not half loaded. */
export async function loadProject(
  file: string,
  env: Environment,
  workspace?: string,
): Promise<Checked<Project>> {
  const read = await readProject(file, env, workspace);
  if (!read.ok) return read;
  const { config, rules } = read.value;
  const holidays = await holidaysOf(config);
  const set = compileSet(rules.rules, config.calendars, holidays);
  return { ok: true, value: { config, rules, set, holidays }, warnings: read.warnings };
}

/** The same without compiling the rules. */
export async function readProject(
  file: string,
  env: Environment,
  workspace?: string,
): Promise<Checked<ReadProject>> {
  const config = loadConfig(file, env, isSchedule, workspace);
  if (!config.ok) return { ok: false, findings: [...config.findings, ...ruleFindings(file, env)] };
  const faults = placeFaults(file, env, await lateFaults(config.value));
  if (faults.length > 0) return { ok: false, findings: [...faults, ...ruleFindings(file, env)] };
  const rules = loadRules(config.value.rulesPath, ruleContext(config.value, env));
  if (!rules.ok) return rules;
  const warnings = [...config.warnings, ...rules.warnings];
  return { ok: true, value: { config: config.value, rules: rules.value }, warnings };
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
    const mend = 'Write a country, or a country and its region: FR, DE-BY, US-CA.';
    faults.push({ path: ['calendars', name, 'holidays'], code: 'holidays', message, mend });
  }
  return faults;
}
