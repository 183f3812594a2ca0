import type { Finding } from '../../domain/finding.js';
import type { Rule } from '../../domain/rule.js';
import { reaches, type Reachable } from './reach.js';
import { warningAt } from './warning.js';

/** Rules that no account can fulfil: their platforms and accounts exclude each other, or there is no such account. */
export function neverMatches(rules: readonly Rule[], accounts: readonly Reachable[]): readonly Finding[] {
  return rules
    .filter((rule) => !accounts.some((account) => reaches(rule, account)))
    .map((rule) =>
      warningAt(rule.place, {
        code: 'never-matches',
        message: `the rule "${rule.id}" can never apply: ${reasonOf(rule)}`,
        mend: 'Compare its platforms and accounts with the accounts in config.yaml.',
      }),
    );
}

function reasonOf({ on, platforms, accounts }: Rule): string {
  if (platforms.length > 0 && accounts.length > 0) {
    return `none of ${accounts.join(', ')} is on ${platforms.join(' or ')}`;
  }
  if (platforms.length > 0) return `no account is on ${platforms.join(' or ')}`;
  return `no account of it has ${on}s that can be read`;
}
