import { checkTemplate } from './actions/render.js';
import { loadConfig } from './config/load.js';
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
  if (!config.ok) return config;
  const findings = await configFindings(config.value, file);
  const rules = await readRules(config.value);
  if (!rules.ok || findings.length > 0)
    return { ok: false, findings: [...findings, ...(rules.ok ? [] : rules.findings)] };
  return {
    ok: true,
    value: { config: config.value, ...rules.value },
    warnings: [...config.warnings, ...rules.warnings],
  };
}

/** Rules of a configuration that is already checked. */
export async function readRules(config: Config): Promise<Checked<Pick<Project, 'rules' | 'set'>>> {
  const context = ruleContext(config);
  const rules = loadRules(config.rulesPath, context);
  if (!rules.ok) return rules;
  const codes = config.calendars.flatMap(({ holidays }) => (holidays === null ? [] : [holidays]));
  const set = compileSet(rules.value.rules, config.calendars, await loadHolidays(codes));
  const warnings = [...rules.warnings, ...lint(rules.value, context)];
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
async function configFindings({ poll, calendars }: Config, file: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  const add = (code: string, message: string, mend: string): void => {
    findings.push({ severity: 'error', code, message, mend, file, line: 1, column: 1, frame: '' });
  };
  if (!isSchedule(poll.schedule)) {
    add(
      'schedule',
      `\`poll.schedule\`: "${poll.schedule}" is no cron expression`,
      'write six fields, such as "*/5 * * * * *"',
    );
  }
  for (const { name, holidays } of calendars) {
    if (holidays !== null && !(await isHolidayCode(holidays))) {
      add(
        'holidays',
        `calendar "${name}": no holidays are known for "${holidays}"`,
        'write a country, or country and region: FR, DE-BY, US-CA',
      );
    }
  }
  return findings;
}
