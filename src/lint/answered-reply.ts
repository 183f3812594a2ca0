import type { Finding } from '../domain/finding.js';
import type { LintParts } from './parts.js';
import { sampleFor } from './sample.js';
import { exampleOf, tryOne } from './trial.js';
import { warnOfRule } from './warning.js';

/** Rules whose public answer to a reply stands elsewhere: the API takes no answer to a reply. */
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
        message: `"${rule.id}" answers replies publicly, and the API takes no answer to a reply: it stands under the comment that the thread began with, and whom it is for is not to be seen`,
        fix: 'Answer replies with private_reply, or write the text so that it fits anybody in the thread.',
        example: exampleOf(reply, `"${rule.id}" answers this reply under the first comment of its thread`),
      }),
    );
  }
  return findings;
}
