import type { Rule } from '../domain/rule.js';
import type { LintParts } from './parts.js';
import { reached } from './reach.js';
import { type RuleWarning } from './warning.js';

/**
 * Rules that match no account: their platforms and accounts exclude each other, or there is no such account.
 */
export function neverMatches(rule: Rule, { config }: LintParts): readonly RuleWarning[] {
  if (reached(rule, config.accounts).length > 0) return [];
  const message = `the rule "${rule.id}" can never apply: ${reasonOf(rule)}`;
  const fix = 'Compare its platforms and accounts with the accounts in config.yaml.';
  return [[['id'], { code: 'never-matches', message, fix }]];
}

function reasonOf({ on, platforms, accounts }: Rule): string {
  if (platforms.length > 0 && accounts.length > 0) {
    return `none of ${accounts.join(', ')} is on ${platforms.join(' or ')}`;
  }
  if (platforms.length > 0) return `no account is on ${platforms.join(' or ')}`;
  return `none of its accounts has ${on}s that can be read`;
}
