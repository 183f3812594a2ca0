import type { Finding } from '../../domain/finding.js';
import type { Rule } from '../../domain/rule.js';
import { reaches, type Reachable } from './reach.js';
import { warningAt } from './warning.js';

/** Accounts that no enabled rule reaches: whoever writes to them hears nothing. */
export function idleAccounts(
  rules: readonly Rule[],
  accounts: readonly Reachable[],
  configFile: string,
): readonly Finding[] {
  const enabled = rules.filter((rule) => rule.enabled);
  return accounts
    .filter((account) => !enabled.some((rule) => reaches(rule, account)))
    .map(({ name }) =>
      warningAt(
        { file: configFile, line: 1, column: 1 },
        {
          code: 'idle-account',
          message: `no enabled rule reaches the account "${name}": it never answers`,
          mend: 'Write a rule for it, or remove the account.',
        },
      ),
    );
}
