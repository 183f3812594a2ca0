import { PLATFORM_TABLE } from '../domain/platforms.js';
import type { Finding } from '../domain/finding.js';
import { PLATFORMS } from '../domain/event.js';
import type { LintParts } from './parts.js';
import { reached } from './reach.js';
import { sampleFor } from './sample.js';
import { exampleOf, tryOne } from './trial.js';
import { warnOfRule } from './warning.js';

const CANNOT_SEND = PLATFORMS.filter((platform) => !PLATFORM_TABLE[platform].canSend);

/** Rules that only reach platforms on which the API cannot send. */
export async function cannotSend(parts: LintParts): Promise<readonly Finding[]> {
  const { rules, config, set } = parts;
  const findings: Finding[] = [];
  for (const rule of rules.rules) {
    if (rule.actions.length === 0) continue;
    const accounts = reached(rule, config.accounts);
    const platforms = accounts.length > 0 ? accounts.map(({ platform }) => platform) : rule.platforms;
    if (platforms.length === 0 || !platforms.every((platform) => CANNOT_SEND.includes(platform))) continue;
    const sample = rule.enabled ? await sampleFor(rule, parts) : null;
    const outcome = sample && (await tryOne(sample, parts, set));
    findings.push(
      warnOfRule(rules, rule, ['id'], {
        code: 'cannot-send',
        message: `the rule "${rule.id}" only reaches ${CANNOT_SEND.join(', ')}, and nothing can be sent there`,
        fix: 'Add another platform, or set enabled: false.',
        example: sample && outcome && exampleOf(sample, `it ends as ${outcome.decision.reason}`),
      }),
    );
  }
  return findings;
}
