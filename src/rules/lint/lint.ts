import type { Finding } from '../../domain/finding.js';
import type { RuleContext, RuleSet } from '../parse.js';
import { cannotSend } from './cannot-send.js';
import { idleAccounts } from './idle-account.js';
import { neverMatches } from './never-matches.js';
import { noRule } from './no-rule.js';
import { shortKeywords } from './short-keyword.js';
import { unusedCalendars } from './unused-calendar.js';

/**
 * Warnings about rules that are valid and probably not meant. Each can be proved from the rules and the configuration
 * alone. `configFile` is the name that warnings about accounts and calendars carry.
 */
export function lint(
  { rules }: RuleSet,
  { accounts, calendars }: Pick<RuleContext, 'accounts' | 'calendars'>,
  configFile = 'config.yaml',
): readonly Finding[] {
  const empty = noRule(rules, configFile);
  return [
    ...empty,
    ...(empty.length > 0 ? [] : idleAccounts(rules, accounts, configFile)),
    ...unusedCalendars(rules, calendars, configFile),
    ...inFileOrder([
      ...neverMatches(rules, accounts),
      ...cannotSend(rules, accounts),
      ...shortKeywords(rules),
    ]),
  ];
}

function inFileOrder(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort((a, b) => {
    if (a.file !== b.file) return a.file < b.file ? -1 : 1;
    return a.line - b.line;
  });
}
