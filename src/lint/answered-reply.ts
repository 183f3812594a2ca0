import type { Finding } from '../domain/finding.js';
import type { LintParts } from './parts.js';
import { sampleFor } from './sample.js';
import { exampleOf, tryOne } from './trial.js';
import { warnOfRule } from './warning.js';

/**
 * Finds rules that reply publicly to a reply: the API cannot do that, and posts the reply under the first
 * comment of the thread.
 */
export async function answeredReplies(parts: LintParts): Promise<readonly Finding[]> {
  const { rules, set } = parts;
  const findings: Finding[] = [];
  for (const rule of rules.rules) {
    if (!rule.enabled || !rule.actions.some(({ type }) => type === 'comment_reply')) continue;
    const sample = await sampleFor(rule, parts);
    if (sample === null) continue;
    const reply = { ...sample, isReply: true };
    const { decision } = await tryOne(reply, parts, set);
    if (!decision.actions.some((each) => each.rule === rule.id && each.type === 'comment_reply')) continue;
    findings.push(
      warnOfRule(rules, rule, ['comment_reply'], {
        code: 'answered-reply',
        message: `"${rule.id}" replies publicly to a reply, but the API posts that under the first comment of the thread, where nobody sees whom it is for`,
        fix: 'Use private_reply for such replies, or write a text that fits anybody in the thread.',
        example: exampleOf(reply, `"${rule.id}" replies to this reply under the first comment of its thread`),
      }),
    );
  }
  return findings;
}
