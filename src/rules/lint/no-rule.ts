import type { Finding } from '../../domain/finding.js';
import type { Rule } from '../../domain/rule.js';
import { warningAt } from './warning.js';

/** A set in which no rule is enabled: nothing is ever answered. */
export function noRule(rules: readonly Rule[], configFile: string): readonly Finding[] {
  if (rules.some((rule) => rule.enabled)) return [];
  const message =
    rules.length === 0
      ? 'there is no rule, so nothing is answered'
      : 'no rule is enabled, so nothing is answered';
  const place = rules[0]?.place ?? { file: configFile, line: 1, column: 1 };
  return [warningAt(place, { code: 'no-rule', message, mend: 'Write a rule; see the examples in rules/.' })];
}
