import { checkTemplate } from './actions/render.js';
import { type LateFault, loadConfig, placeFaults, sketchConfig } from './config/load.js';
import type { Config } from './domain/config.js';
import type { Checked, Finding } from './domain/finding.js';
import { isHolidayCode, loadHolidays } from './engine/calendar/holidays.js';
import { type CompiledSet, compileSet } from './engine/rule-set.js';
import { checkKeyword } from './engine/text/keywords.js';
import { isSchedule } from './poller/schedule.js';
import { lint } from './rules/lint/lint.js';
import { loadRules } from './rules/load.js';
import type { RuleContext, RuleSet } from './rules/parse.js';

/** A configuration and its rules, checked together and ready to run. */
export interface Project {
  readonly config: Config;
  readonly rules: RuleSet;
  readonly set: CompiledSet;
}

/** Reads and checks everything. All findings come at once; a project with errors is not half loaded. */
export async function loadProject(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Checked<Project>> {
  const config = loadConfig(file, env);
  if (!config.ok) return { ok: false, findings: [...config.findings, ...ruleFindings(file, env)] };
  const faults = placeFaults(file, env, await lateFaults(config.value));
  if (faults.length > 0) return { ok: false, findings: [...faults, ...ruleFindings(file, env)] };
  const rules = await readRules(config.value, file);
  if (!rules.ok) return rules;
  return {
    ok: true,
    value: { config: config.value, ...rules.value },
    warnings: [...config.warnings, ...rules.warnings],
  };
}

/** What is wrong with the rules of a configuration that has faults itself. */
function ruleFindings(file: string, env: Readonly<Record<string, string | undefined>>): readonly Finding[] {
  const sketch = sketchConfig(file, env);
  if (!sketch) return [];
  const rules = loadRules(sketch.rulesPath, { ...sketch, checkTemplate, checkKeyword });
  return rules.ok ? [] : rules.findings;
}

/** Rules of a configuration that is already checked. */
export async function readRules(
  config: Config,
  configFile?: string,
): Promise<Checked<Pick<Project, 'rules' | 'set'>>> {
  const context = ruleContext(config);
  const rules = loadRules(config.rulesPath, context);
  if (!rules.ok) return rules;
  const codes = config.calendars.flatMap(({ holidays }) => (holidays === null ? [] : [holidays]));
  const set = compileSet(rules.value.rules, config.calendars, await loadHolidays(codes));
  const warnings = [...rules.warnings, ...lint(rules.value, context, configFile)];
  return { ok: true, value: { rules: rules.value, set }, warnings };
}

function ruleContext(config: Config): RuleContext {
  return {
    accounts: config.accounts,
    calendars: config.calendars.map((calendar) => calendar.name),
    checkTemplate,
    checkKeyword,
  };
}

/** What only the libraries can say about a value of the configuration. */
async function lateFaults({ poll, calendars }: Config): Promise<LateFault[]> {
  const faults: LateFault[] = [];
  if (!isSchedule(poll.schedule)) {
    const message = `schedule: "${poll.schedule}" is no schedule that node-cron knows`;
    faults.push({
      path: ['poll', 'schedule'],
      code: 'schedule',
      message,
      mend: 'Write six fields, such as "*/5 * * * * *".',
    });
  }
  for (const { name, holidays } of calendars) {
    if (holidays === null || (await isHolidayCode(holidays))) continue;
    const message = `holidays: no public holidays are known for "${holidays}"`;
    const mend = 'Write a country, or a country and its region: FR, DE-BY, US-CA.';
    faults.push({ path: ['calendars', name, 'holidays'], code: 'holidays', message, mend });
  }
  return faults;
}
