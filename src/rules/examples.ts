import type { ExampleSpec } from '../domain/meaning.js';
import type { Rule } from '../domain/rule.js';
import { reportMisreadWord } from '../yaml/misread.js';
import type { Draft } from './draft.js';
import type { RawRule } from './schema.js';

/** Keys that have no effect without `examples`. */
const ONLY_WITH_EXAMPLES = ['not', 'certainty', 'language'] as const;
const LETTER = /\p{L}/u;

/** Checks the examples of a rule. A rule with examples starts in shadow mode unless it states its mode. */
export function checkExamples(draft: Draft): Pick<Rule, 'examples'> {
  const { raw, source, pathOf } = draft;
  if (raw.examples === undefined) {
    for (const key of ONLY_WITH_EXAMPLES) reportAlone(key, draft);
    return {};
  }
  for (const key of ['examples', 'not'] as const) {
    raw[key]?.forEach((text, index) => {
      const path = [...pathOf(key), index];
      reportMisreadWord(source, path);
      if (LETTER.test(text)) return;
      source.report(path, {
        code: 'bad-example',
        message: `${key}: ${source.describe(path)} has no letter, and messages without letters are never compared`,
        fix: 'Write a message as a contact would, or remove the line.',
      });
    });
  }
  return { examples: specOf(raw, raw.examples) };
}

function specOf(raw: RawRule, texts: readonly string[]): ExampleSpec {
  const { not = [], certainty = 'careful', language = [], mode = 'shadow', priority } = raw;
  return {
    texts,
    not,
    certainty,
    languages: typeof language === 'string' ? [language] : language,
    mode,
    isRanked: priority !== undefined,
  };
}

/** Not reported in `defaults`, where the keys apply to the rules of the file that do have examples. */
function reportAlone(key: (typeof ONLY_WITH_EXAMPLES)[number], { raw, source, pathOf }: Draft): void {
  const path = pathOf(key);
  if (raw[key] === undefined || path[0] !== 'rules') return;
  const message = `${key}: the rule "${raw.id}" has no examples, so this does nothing`;
  source.report(path, { code: 'no-examples', message, fix: 'Add examples, or remove it.', at: 'key' });
}

/** The mode of a rule. The default is shadow if the rule matches by examples only. */
export function modeOf({ mode, examples, keywords }: RawRule): Rule['mode'] {
  return mode ?? (examples !== undefined && keywords === undefined ? 'shadow' : 'live');
}
