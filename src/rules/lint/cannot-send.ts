import type { Finding } from '../../domain/finding.js';
import type { Platform } from '../../domain/event.js';
import type { Rule } from '../../domain/rule.js';
import { reaches, type Reachable } from './reach.js';
import { warningAt } from './warning.js';

/** Platforms for which the API has no send target (its description, November 2026). */
const CANNOT_SEND: readonly Platform[] = ['bluesky'];

/** Rules that only reach platforms on which the API cannot send. */
export function cannotSend(rules: readonly Rule[], accounts: readonly Reachable[]): readonly Finding[] {
  return rules.flatMap((rule) => {
    const reached = accounts.filter((account) => reaches(rule, account)).map((account) => account.platform);
    const platforms = reached.length > 0 ? reached : rule.platforms;
    if (platforms.length === 0 || platforms.some((platform) => !CANNOT_SEND.includes(platform))) return [];
    return warningAt(rule.place, {
      code: 'cannot-send',
      message: `the rule "${rule.id}" only reaches ${CANNOT_SEND.join(', ')}, and nothing can be sent there`,
      mend: 'Add another platform, or set enabled: false.',
    });
  });
}
