import type { Finding } from '../domain/finding.js';
import type { LintParts } from './parts.js';
import { warnOfConfig } from './warning.js';

/** Rule sets without an enabled rule: nothing ever gets a reply. */
export function noRule({ rules, pointInConfig }: LintParts): readonly Finding[] {
  if (rules.rules.some((rule) => rule.enabled)) return [];
  const message =
    rules.rules.length === 0
      ? 'there is no rule, so nothing gets a reply'
      : 'no rule is enabled, so nothing gets a reply';
  const fix = 'Write a rule; see the examples in docs/cookbook/rules/ of the package.';
  return [warnOfConfig(pointInConfig, ['rules'], { code: 'no-rule', message, fix })];
}
