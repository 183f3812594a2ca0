import type { Rule } from '../domain/rule.js';
import { PLATFORM_TABLE } from '../domain/platforms.js';
import { PLATFORMS } from '../domain/event.js';
import type { LintParts } from './parts.js';
import { reached } from './reach.js';
import { sampleFor } from './sample.js';
import { exampleOf, tryOne } from './trial.js';
import { type RuleWarning } from './warning.js';

const CANNOT_SEND = PLATFORMS.filter((platform) => !PLATFORM_TABLE[platform].canSend);

/** Rules that only reach platforms on which the API cannot send. */
export async function cannotSend(rule: Rule, parts: LintParts): Promise<readonly RuleWarning[]> {
  if (rule.actions.length === 0) return [];
  const accounts = reached(rule, parts.config.accounts);
  const platforms = accounts.length > 0 ? accounts.map(({ platform }) => platform) : rule.platforms;
  if (platforms.length === 0 || !platforms.every((platform) => CANNOT_SEND.includes(platform))) return [];
  const sample = rule.enabled ? await sampleFor(rule, parts) : null;
  const outcome = sample && (await tryOne(sample, parts, parts.set));
  return [
    [
      ['id'],
      {
        code: 'cannot-send',
        message: `the rule "${rule.id}" only reaches ${CANNOT_SEND.join(', ')}, and nothing can be sent there`,
        fix: 'Add another platform, or set enabled: false.',
        example: sample && outcome && exampleOf(sample, `it ends as ${outcome.decision.reason}`),
      },
    ],
  ];
}
