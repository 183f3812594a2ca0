import type { Finding } from '../../domain/finding.js';
import type { Condition, Rule } from '../../domain/rule.js';
import { warningAt } from './warning.js';

/** Calendars that no rule asks about and no text names. */
export function unusedCalendars(
  rules: readonly Rule[],
  calendars: readonly string[],
  configFile: string,
): readonly Finding[] {
  const used = new Set(rules.flatMap((rule) => [...inCondition(rule.when), ...inTexts(rule)]));
  return calendars
    .filter((name) => !used.has(name))
    .map((name) =>
      warningAt(
        { file: configFile, line: 1, column: 1 },
        {
          code: 'unused-calendar',
          message: `no rule uses the calendar "${name}"`,
          mend: 'Use it in a `when` with the fact hours, or remove it.',
        },
      ),
    );
}

function inCondition(condition: Condition | null): readonly string[] {
  if (condition === null) return [];
  if ('all' in condition) return condition.all.flatMap(inCondition);
  if ('any' in condition) return condition.any.flatMap(inCondition);
  if ('not' in condition) return inCondition(condition.not);
  const calendar = condition.params?.['calendar'];
  return typeof calendar === 'string' ? [calendar] : [];
}

/** `hours.shop` and `hours["shop"]`; what only looks like it counts as a use too, since a warning must be right. */
function inTexts({ actions }: Rule): readonly string[] {
  const pattern = /\bhours\s*(?:\.\s*|\[\s*["'])(?<name>[A-Za-z_][A-Za-z0-9_-]*)/gu;
  const texts = actions.flatMap(({ reply }) => reply.texts);
  return texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => match.groups?.['name'] ?? ''));
}
