import type { Decision } from '../domain/decision.js';
import { groupBy } from '../domain/group.js';

/** An event that two rule sets decide differently. */
export interface Difference {
  readonly id: string;
  readonly text: string;
  readonly before: Decision;
  readonly after: Decision;
}

/** True if two decisions differ in actions or reason. Traces are ignored. */
export function differs(before: Decision, after: Decision): boolean {
  if (before.rule !== after.rule || before.reason !== after.reason) return true;
  if (before.actions.length !== after.actions.length) return true;
  return before.actions.some(({ rule, type, text }, index) => {
    const other = after.actions[index];
    return rule !== other?.rule || type !== other.type || text !== other.text;
  });
}

/** The differences grouped by the change of rule and reason, the largest group first. */
export function grouped(
  differences: readonly Difference[],
): readonly { readonly title: string; readonly group: readonly Difference[] }[] {
  return [...groupBy(differences, titleOf)]
    .map(([title, group]) => ({ title, group }))
    .sort((a, b) => b.group.length - a.group.length);
}

function titleOf({ before, after }: Difference): string {
  const [was, is] = [summaryOf(before), summaryOf(after)];
  return was === is ? `${was}, with other texts` : `${was} → ${is}`;
}

/** The rules that act, or the one that would have acted, and the reason. */
export function summaryOf({ rule, reason, actions }: Decision): string {
  const rules = [...new Set(actions.map((action) => action.rule))].join(' + ');
  return `${rules === '' ? (rule ?? 'no rule') : rules} (${reason})`;
}
