import type { Finding } from '../domain/finding.js';
import type { LintParts } from './parts.js';
import { reaches } from './reach.js';
import { exampleOf, plainSample, tryOne } from './trial.js';
import { warnOfConfig } from './warning.js';

/** Accounts that no enabled rule reaches: their contacts get no reply. */
export async function idleAccounts(parts: LintParts): Promise<readonly Finding[]> {
  const { config, rules, set, now, pointInConfig } = parts;
  const enabled = rules.rules.filter((rule) => rule.enabled);
  const findings: Finding[] = [];
  if (enabled.length === 0) return findings;
  for (const [index, account] of config.accounts.entries()) {
    if (enabled.some((rule) => reaches(rule, account))) continue;
    const sample = plainSample({ on: 'message', posts: [] }, account, now);
    const { decision } = await tryOne(sample, parts, set);
    findings.push(
      warnOfConfig(pointInConfig, ['accounts', index, 'name'], {
        code: 'idle-account',
        message: `no enabled rule reaches the account "${account.name}": it never replies`,
        fix: 'Write a rule for it, or remove the account.',
        example: exampleOf(sample, `it ends as ${decision.reason}, like every other message`),
      }),
    );
  }
  return findings;
}
