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
import { placeholders } from './placeholder.js';
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
  return [
    ...placeholders(parts),
    ...noRule(parts),
    ...(await idleAccounts(parts)),
    ...unusedCalendars(parts),
    ...inFileOrder([
      ...neverMatches(parts),
      ...unindexed(parts),
      ...outsideWindow(parts),
      ...(await cannotSend(parts)),
      ...(await answeredReplies(parts)),
      ...(await shortKeywords(parts)),
      ...(await excludedKeywords(parts)),
      ...(await shadowed(parts)),
      ...(await impossible(parts)),
      ...constantConditions(parts),
      ...constantBranches(parts),
      ...(await promises(parts)),
      ...unknownFields(parts),
      ...ambiguousChoices(parts),
      ...exampleFindings(parts),
      ...(await selfTriggers(parts)),
      ...(await extremes(parts)),
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
