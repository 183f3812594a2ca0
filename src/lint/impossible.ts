import type { Finding } from '../domain/finding.js';
import type { Rule } from '../domain/rule.js';
import { whyImpossible } from './demands.js';
import type { LintParts } from './parts.js';
import { reached } from './reach.js';
import { applies, exampleOf, plainSample, tryOne } from './trial.js';
import { warnOfRule } from './warning.js';

/** Rules whose keywords and `when` exclude each other. */
export async function impossible(parts: LintParts): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const rule of parts.rules.rules) {
    if (reached(rule, parts.config.accounts).length === 0) continue;
    const why = whyImpossible(rule, parts);
    if (why === null) continue;
    findings.push(
      warnOfRule(parts.rules, rule, [rule.when === null ? 'keywords' : 'when'], {
        code: 'impossible',
        message: `the rule "${rule.id}" can never apply: ${why}`,
        fix: 'Change one of the two conditions, or join them by any.',
        example: await example(rule, parts),
      }),
    );
  }
  return findings;
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
