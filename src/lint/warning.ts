import type { Example, Finding } from '../domain/finding.js';
import type { Rule } from '../domain/rule.js';
import type { RuleSet } from '../rules/parse.js';
import type { Path, YamlSource } from '../yaml/source.js';

/** A finding of lint, before it has a place. */
export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  /** An event that demonstrates the finding, if there is one. */
  readonly example?: Example | null;
}

export type RulePath = Parameters<RuleSet['point']>[1];

/** A warning with the key of the rule that it is about. */
export type RuleWarning = readonly [path: RulePath, warning: Warning];

/** A warning at a key of a rule. */
export function warnOfRule(rules: RuleSet, rule: Rule, path: RulePath, warning: Warning): Finding {
  const { example, ...problem } = warning;
  const found = rules.point(rule.id, path, {
    ...problem,
    severity: 'warning',
    at: path.length > 1 || path[0] === 'id' ? 'value' : 'key',
  });
  return example ? { ...found, example } : found;
}

/** A warning at a key of config.yaml. */
export function warnOfConfig(point: YamlSource['point'], path: Path, warning: Warning): Finding {
  const { example, ...problem } = warning;
  const found = point(path, { ...problem, severity: 'warning', at: 'key' });
  return example ? { ...found, example } : found;
}
