import type { Finding } from '../domain/finding.js';
import type { Rule } from '../domain/rule.js';
import { leavesOf } from './conditions.js';
import type { LintParts } from './parts.js';
import { requestTextsOf, textsOf } from './texts.js';
import { warnOfConfig } from './warning.js';

/** Calendars used by no condition and no text. There is no example event for this. */
export function unusedCalendars({ config, rules, pointInConfig }: LintParts): readonly Finding[] {
  const used = new Set(
    rules.rules.flatMap((rule) => [...inCondition(rule), ...inTexts(rule), ...inSteps(rule)]),
  );
  return config.calendars
    .filter(({ name }) => !used.has(name))
    .map(({ name }) =>
      warnOfConfig(pointInConfig, ['calendars', name], {
        code: 'unused-calendar',
        message: `no rule uses the calendar "${name}"`,
        fix: 'Use it in a `when` with the fact hours, or remove it.',
      }),
    );
}

function inSteps({ funnel }: Rule): readonly string[] {
  return (funnel?.steps ?? []).flatMap((step) => {
    if (step.type === 'if') return inCondition(step);
    return step.type === 'wait' && 'open' in step.until ? [step.until.open] : [];
  });
}

function inCondition({ when }: Pick<Rule, 'when'>): readonly string[] {
  return leavesOf(when).flatMap(({ leaf }) => {
    const calendar = leaf.params?.['calendar'];
    return typeof calendar === 'string' ? [calendar] : [];
  });
}

/**
 * `hours.shop` and `hours["shop"]`; anything that looks similar counts as a use too, to avoid false warnings.
 */
function inTexts(rule: Rule): readonly string[] {
  const pattern = /\bhours\s*(?:\.\s*|\[\s*["'])(?<name>[A-Za-z_][A-Za-z0-9_-]*)/gu;
  return [...textsOf(rule), ...requestTextsOf(rule)].flatMap(({ text }) =>
    [...text.matchAll(pattern)].map((match) => match.groups?.['name'] ?? ''),
  );
}
