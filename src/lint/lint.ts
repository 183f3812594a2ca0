import type { Rule } from '../domain/rule.js';
import { type RuleWarning, warnOfRule } from './warning.js';
import type { Finding } from '../domain/finding.js';
import { ambiguousChoices } from './ambiguous-choice.js';
import { answeredReplies } from './answered-reply.js';
import { cannotSend } from './cannot-send.js';
import { constantBranches } from './constant-branch.js';
import { constantConditions } from './constant-condition.js';
import { excludedKeywords } from './excluded-keyword.js';
import { exampleFindings } from './examples.js';
import { extremes } from './extremes.js';
import { idleAccounts } from './idle-account.js';
import { impossible } from './impossible.js';
import { neverMatches } from './never-matches.js';
import { noRule } from './no-rule.js';
import { placeholders, placeholdersInConfig } from './placeholder.js';
import { outsideWindow } from './outside-window.js';
import type { LintParts } from './parts.js';
import { promises } from './promise.js';
import { selfTriggers } from './self-trigger.js';
import { shadowed } from './shadowed.js';
import { shortKeywords } from './short-keyword.js';
import { silencedRules } from './silent-first.js';
import { spentPrivateReplies } from './spent-private-reply.js';
import { unindexed } from './unindexed.js';
import { unknownFields } from './unknown-field.js';
import { unusedCalendars } from './unused-calendar.js';

/**
 * Warnings about valid rules that are probably mistakes. Each is proved from the rules and the configuration,
 * and each example has been tried with the program itself.
 */
export async function lint(parts: LintParts): Promise<readonly Finding[]> {
  /** Checks one rule after the other. */
  const each = async (
    check: (rule: Rule, parts: LintParts) => readonly RuleWarning[] | Promise<readonly RuleWarning[]>,
  ): Promise<readonly Finding[]> => {
    const found: Finding[] = [];
    for (const rule of parts.rules.rules)
      for (const [path, warning] of await check(rule, parts))
        found.push(warnOfRule(parts.rules, rule, path, warning));
    return found;
  };
  return [
    ...placeholdersInConfig(parts),
    ...(await each(placeholders)),
    ...noRule(parts),
    ...(await idleAccounts(parts)),
    ...unusedCalendars(parts),
    ...inFileOrder([
      ...(await each(neverMatches)),
      ...unindexed(parts),
      ...(await each(outsideWindow)),
      ...(await each(cannotSend)),
      ...(await each(answeredReplies)),
      ...(await each(shortKeywords)),
      ...(await each(excludedKeywords)),
      ...(await each(shadowed(parts))),
      ...(await each(impossible)),
      ...(await each(constantConditions)),
      ...(await each(constantBranches)),
      ...(await each(promises)),
      ...(await each(unknownFields(parts))),
      ...(await each(ambiguousChoices)),
      ...exampleFindings(parts),
      ...(await each(selfTriggers)),
      ...(await each(extremes)),
      ...(await spentPrivateReplies(parts)),
      ...(await silencedRules(parts)),
    ]),
  ];
}

function inFileOrder(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort((a, b) => {
    if (a.file !== b.file) return a.file < b.file ? -1 : 1;
    return a.line - b.line || a.column - b.column;
  });
}
