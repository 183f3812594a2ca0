import { pathOfStep } from '../domain/funnel.js';
import type { Rule } from '../domain/rule.js';
import { choiceIn, holding } from '../engine/answers/choice.js';
import { type RuleWarning, type Warning } from './warning.js';

/**
 * Choices that can be confused with a number: the text of one choice, or the position of another in the list.
 */
export function ambiguousChoices({ funnel }: Rule): readonly RuleWarning[] {
  return (funnel?.steps ?? []).flatMap((each, step): readonly RuleWarning[] => {
    if (each.type !== 'ask' || each.ask.expect.kind !== 'choice') return [];
    const warning = warningFor(each.ask.expect.choices);
    const path = ['then', ...pathOfStep(funnel ?? {}, step), 'ask', 'expect', 'choice'] as const;
    return warning === null ? [] : [[path, warning]];
  });
}

function warningFor(choices: readonly string[]): Warning | null {
  for (const [index, choice] of choices.entries()) {
    const written = String(index + 1);
    const held = holding(written, choices);
    if (held.length === 0 || (held.length === 1 && held[0] === choice)) continue;
    const taken = choiceIn(written, choices);
    const meant = taken === null ? 'and the contact is asked again' : `and is read as "${taken}"`;
    return {
      code: 'ambiguous-choice',
      message: `choice: "${written}" may mean "${held[0] ?? ''}" or number ${written} of the list, "${choice}", ${meant}`,
      fix: 'Put the choices in the order of their numbers, or write the numbers as words.',
    };
  }
  return null;
}
