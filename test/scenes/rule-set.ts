import { checkTemplate } from '../../src/actions/compose/render.js';
import type { Config } from '../../src/domain/config.js';
import { compileSet, type CompiledSet } from '../../src/engine/rule-set.js';
import { checkKeyword } from '../../src/engine/text/keywords.js';
import { parseRules } from '../../src/rules/parse.js';

/** Rules as YAML text, checked and compiled. Throws when they are wrong. */
export function aRuleSet(yaml: string, { accounts, calendars }: Config): CompiledSet {
  const names = calendars.map((calendar) => calendar.name);
  const parsed = parseRules(yaml, 'rules.yaml', { accounts, calendars: names, checkTemplate, checkKeyword });
  if (!parsed.ok) throw new Error(parsed.findings.map((finding) => finding.message).join('\n'));
  return compileSet(parsed.value.rules, calendars, () => null);
}
