import type { Finding } from '../domain/finding.js';
import type { LintParts } from './parts.js';
import { warnOfConfig } from './warning.js';

/** A set in which no rule is enabled: nothing is ever answered. */
export function noRule({ rules, pointInConfig }: LintParts): readonly Finding[] {
  if (rules.rules.some((rule) => rule.enabled)) return [];
  const message =
    rules.rules.length === 0
      ? 'there is no rule, so nothing is answered'
      : 'no rule is enabled, so nothing is answered';
  const mend = 'Write a rule; see the examples in rules/.';
  return [warnOfConfig(pointInConfig, ['rules'], { code: 'no-rule', message, mend })];
}
