import type { Rule } from '../domain/rule.js';
import type { LintParts } from './parts.js';
import { sampleFor } from './sample.js';
import { exampleOf, tryOne } from './trial.js';
import { type RuleWarning } from './warning.js';

/**
 * Finds rules that reply publicly to a reply: the API cannot do that, and posts the reply under the first
 * comment of the thread.
 */
export async function answeredReplies(rule: Rule, parts: LintParts): Promise<readonly RuleWarning[]> {
  if (!rule.enabled || !rule.actions.some(({ type }) => type === 'comment_reply')) return [];
  const sample = await sampleFor(rule, parts);
  if (sample === null) return [];
  const reply = { ...sample, isReply: true };
  const { decision } = await tryOne(reply, parts, parts.set);
  if (!decision.actions.some((each) => each.rule === rule.id && each.type === 'comment_reply')) return [];
  return [
    [
      ['comment_reply'],
      {
        code: 'answered-reply',
        message: `"${rule.id}" replies publicly to a reply, but the API posts that under the first comment of the thread, where nobody sees whom it is for`,
        fix: 'Use private_reply for such replies, or write a text that fits anybody in the thread.',
        example: exampleOf(reply, `"${rule.id}" replies to this reply under the first comment of its thread`),
      },
    ],
  ];
}
