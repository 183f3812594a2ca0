import type { Finding } from '../domain/finding.js';
import { pathOfStep, type StepPath } from '../domain/funnel.js';
import type { Rule } from '../domain/rule.js';
import { choiceIn, holding } from '../engine/answers/choice.js';
import type { LintParts } from './parts.js';
import { warnOfRule, type Warning } from './warning.js';

/**
 * Choices that can be confused with a number: the text of one choice, or the position of another in the list.
 */
export function ambiguousChoices({ rules }: LintParts): readonly Finding[] {
  return rules.rules.flatMap((rule) =>
    choicesOf(rule).flatMap(({ choices, step }) => {
      const warning = warningFor(choices);
      return warning === null
        ? []
        : [warnOfRule(rules, rule, ['then', ...step, 'ask', 'expect', 'choice'], warning)];
    }),
  );
}

interface Asked {
  readonly choices: readonly string[];
  readonly step: StepPath;
}

function choicesOf({ funnel }: Rule): readonly Asked[] {
  return (funnel?.steps ?? []).flatMap((each, step) =>
    each.type === 'ask' && each.ask.expect.kind === 'choice'
      ? [{ choices: each.ask.expect.choices, step: pathOfStep(funnel ?? {}, step) }]
      : [],
  );
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
