import type { Finding } from '../domain/finding.js';
import type { Rule } from '../domain/rule.js';
import type { LintParts } from './parts.js';
import { reached } from './reach.js';
import { sampleFor } from './sample.js';
import { applies, exampleOf, type Sample, tryOne } from './trial.js';
import { warnOfRule } from './warning.js';

/** Maximum number of compared pairs of rules: such rules are few. */
const MOST_PAIRS = 500;

/** Rules whose private reply is left out because an earlier rule with `continue` sends one. */
export async function spentPrivateReplies(parts: LintParts): Promise<readonly Finding[]> {
  const funnels = parts.rules.rules.filter(
    (rule) =>
      rule.enabled && rule.mode !== 'shadow' && rule.actions.some(({ type }) => type === 'private_reply'),
  );
  const findings: Finding[] = [];
  let pairs = 0;
  for (const [index, second] of funnels.entries()) {
    for (const first of funnels.slice(0, index).filter((rule) => rule.continue)) {
      pairs += 1;
      if (pairs > MOST_PAIRS) return findings;
      const sample = await commentForBoth(first, second, parts);
      if (!sample) continue;
      findings.push(
        warnOfRule(parts.rules, second, ['private_reply'], {
          code: 'private-reply-spent',
          message: `"${first.id}" continues to "${second.id}", and both send a private reply: a comment has only one, so that of "${second.id}" is left out`,
          fix: `Remove one of the two, or continue: true of "${first.id}".`,
          example: exampleOf(sample, `both apply, and only "${first.id}" sends its private reply`),
        }),
      );
      break;
    }
  }
  return findings;
}

async function commentForBoth(first: Rule, second: Rule, parts: LintParts): Promise<Sample | null> {
  const common = reached(first, parts.config.accounts).filter((account) =>
    reached(second, parts.config.accounts).includes(account),
  );
  const [one, other] = [await sampleFor(first, parts, common), await sampleFor(second, parts, common)];
  if (!one || !other) return null;
  const texts = [one.text, other.text, `${one.text} ${other.text}`];
  for (const base of [one, other]) {
    for (const text of texts) {
      const sample = { ...base, text };
      const outcome = await tryOne(sample, parts, parts.set);
      const { actions } = outcome.decision;
      const senders = actions.filter(({ type }) => type === 'private_reply').map(({ rule }) => rule);
      const isLeftOut = applies(outcome, first.id) && applies(outcome, second.id);
      if (isLeftOut && senders.length === 1 && senders[0] === first.id) return sample;
    }
  }
  return null;
}
