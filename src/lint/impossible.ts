import type { Rule } from '../domain/rule.js';
import { whyImpossible } from './demands.js';
import type { LintParts } from './parts.js';
import { reached } from './reach.js';
import { applies, exampleOf, plainSample, tryOne } from './trial.js';
import { type RulePath, type RuleWarning } from './warning.js';

/** Rules whose keywords and `when` exclude each other. */
export async function impossible(rule: Rule, parts: LintParts): Promise<readonly RuleWarning[]> {
  if (reached(rule, parts.config.accounts).length === 0) return [];
  const why = whyImpossible(rule, parts);
  if (why === null) return [];
  const message = `the rule "${rule.id}" can never apply: ${why}`;
  const fix = 'Change one of the two conditions, or join them by any.';
  const path: RulePath = [rule.when === null ? 'keywords' : 'when'];
  return [[path, { code: 'impossible', message, fix, example: await example(rule, parts) }]];
}

/** The likeliest event: it contains all keywords, and still the rule does not apply. */
async function example(rule: Rule, parts: LintParts) {
  const [account] = reached(rule, parts.config.accounts);
  if (!account) return null;
  const { any = [], all = [] } = rule.keywords ?? {};
  const text = [...any.slice(0, 1), ...all].join(' ') || 'Hello';
  const sample = { ...plainSample(rule, account, parts.now), text };
  const outcome = await tryOne(sample, parts, parts.compile([{ ...rule, enabled: true }]));
  if (applies(outcome, rule.id)) return null;
  const failed = outcome.decision.trace.rules.find((each) => each.rule === rule.id)?.failed;
  const needs = failed ? `, which needs: ${failed.condition}` : '';
  return exampleOf(sample, `"${rule.id}" does not apply${needs}`);
}
