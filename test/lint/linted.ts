import { checkTemplate } from '../../src/actions/compose/render.js';
import type { Config } from '../../src/domain/config.js';
import { parseConfig } from '../../src/config/load.js';
import { isSchedule } from '../../src/poller/schedule.js';
import type { Finding } from '../../src/domain/finding.js';
import type { Rule } from '../../src/domain/rule.js';
import { noHolidays } from '../../src/engine/calendar/holidays.js';
import { compileSet } from '../../src/engine/rule-set.js';
import { checkKeyword } from '../../src/engine/text/keywords.js';
import { lint } from '../../src/lint/lint.js';
import type { LintParts } from '../../src/lint/parts.js';
import { parseRules } from '../../src/rules/parse.js';
import { openYaml } from '../../src/yaml/document.js';
import { TUESDAY } from '../builders.js';

export const CONFIG = `version: 1
blotato: { api_key: sandbox }
accounts:
  - { name: shop-ig, id: "1", platform: instagram, vars: { site: lumen.example } }
  - { name: shop-fb, id: "2", platform: facebook, page_id: "12" }
  - { name: shop-x, id: "3", platform: twitter }
calendars:
  shop: { timezone: Europe/Paris, open: { mon-fri: ["09:00-18:00"] } }
  never: { timezone: Europe/Paris, open: { mon: [] }, special: { 2020-01-01: ["09:00-12:00"] } }
  always: { timezone: Europe/Paris, open: { mon-sun: ["00:00-24:00"] }, closed: [2020-01-01] }
`;

const configs = new Map<string, Config>();

/** The configuration is parsed once, because property tests need it hundreds of times. */
function configOf(text: string): Config {
  const known = configs.get(text);
  if (known) return known;
  const parsed = parseConfig(text, 'config.yaml', {}, isSchedule);
  if (!parsed.ok) throw new Error(textOf(parsed.findings));
  configs.set(text, parsed.value);
  return parsed.value;
}

/** Warnings about the given rules from parsing them alone. Throws for rules with errors. */
export function warningsOf(rules: string, config = CONFIG): readonly Finding[] {
  const checked = parseRules(rules, 'faq.yaml', contextOf(config));
  if (!checked.ok) throw new Error(textOf(checked.findings));
  return checked.warnings;
}

function contextOf(config: string) {
  const { accounts, calendars } = configOf(config);
  return { accounts, calendars: calendars.map(({ name }) => name), checkTemplate, checkKeyword };
}

/** A project of the given rules, on Tuesday. Throws for rules with errors. */
export function aProjectOf(rules: string, config = CONFIG): LintParts {
  const parsed = configOf(config);
  const { calendars } = parsed;
  const checked = parseRules(rules, 'faq.yaml', contextOf(config));
  if (!checked.ok) throw new Error(textOf(checked.findings));
  const compile = (changed: readonly Rule[]) => compileSet(changed, calendars, noHolidays);
  return {
    config: parsed,
    rules: checked.value,
    set: compile(checked.value.rules),
    compile,
    holidays: noHolidays,
    now: TUESDAY,
    pointInConfig: openYaml(config, 'config.yaml', {}).point,
  };
}

/** Findings about the given rules. The calendars count as used, and no account is idle. */
export async function findingsOf(rules: string, config?: string): Promise<readonly Finding[]> {
  return lint(aProjectOf(rules, config));
}

function textOf(findings: readonly Finding[]): string {
  return findings.map(({ line, message }) => `${line}: ${message}`).join('\n');
}
