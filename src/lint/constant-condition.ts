import type { FactCondition, Rule } from '../domain/rule.js';
import { calendarOf, domainOf, holds, leavesOf } from './conditions.js';
import type { LintParts } from './parts.js';
import { reached } from './reach.js';
import { exampleOf, plainSample } from './trial.js';
import { type RuleWarning, type Warning } from './warning.js';

const TIME_FACTS = ['hours', 'weekday', 'local_time'];

/**
 * Conditions on time that are always or never true: a calendar that never opens, or one that never closes.
 */
export function constantConditions(rule: Rule, parts: LintParts): readonly RuleWarning[] {
  return leavesOf(rule.when)
    .filter(({ leaf }) => TIME_FACTS.includes(leaf.fact))
    .flatMap(({ leaf, path }): readonly RuleWarning[] => {
      const isAlways = constantOf(leaf, rule, parts);
      return isAlways === null ? [] : [[['when', ...path, 'value'], warning(rule, leaf, isAlways, parts)]];
    });
}

function constantOf(leaf: FactCondition, rule: Rule, parts: LintParts): boolean | null {
  const values = domainOf(leaf, rule, parts) ?? [];
  const answers = new Set(values.map((value) => holds({ leaf, isNegated: false }, value)));
  const [only] = answers;
  return answers.size === 1 && only !== undefined ? only : null;
}

function warning(rule: Rule, leaf: FactCondition, isAlways: boolean, parts: LintParts): Warning {
  const [account] = reached(rule, parts.config.accounts);
  return {
    code: 'constant-condition',
    message: `this condition ${isAlways ? 'always' : 'never'} holds: ${whyConstant(leaf, parts)}`,
    fix:
      leaf.fact === 'hours'
        ? 'Fix the calendar in config.yaml, or remove the condition.'
        : 'Change the value, or remove the condition.',
    example: account
      ? exampleOf(
          plainSample(rule, account, parts.now),
          `the condition ${isAlways ? 'holds' : 'does not hold'}, as at any other time`,
        )
      : null,
  };
}

function whyConstant({ fact, value, params }: FactCondition, { set, now }: LintParts): string {
  const calendar = calendarOf(params);
  if (fact === 'hours') {
    return `from now on the calendar "${calendar}" is ${set.hours(calendar, now)?.state ?? 'closed'} at all times`;
  }
  return fact === 'weekday'
    ? `the value is ${String(value)}, of all days`
    : `the value is ${String(value)}, of 00:00 to 23:59`;
}
