import { z } from 'zod';
import { type Language, LANGUAGES } from '../domain/meaning.js';
import type { Phrase } from '../domain/phrase.js';
import { section, sentence } from '../yaml/shape.js';
import { text } from '../yaml/values.js';

const inLanguage = text().optional().describe('The text for contacts who write in this language.');

const byLanguage = section({
  ...(Object.fromEntries(LANGUAGES.map((each) => [each, inLanguage])) as Record<Language, typeof inLanguage>),
  default: z
    .enum(LANGUAGES)
    .optional()
    .describe('The language in doubt, and of contacts who write in another one.'),
})
  .superRefine(({ default: fallback, ...texts }, context) => {
    const names = LANGUAGES.filter((each) => texts[each] !== undefined);
    if (fallback !== undefined && names.includes(fallback)) return;
    const [first, ...others] = names;
    const message =
      fallback === undefined
        ? 'texts by language need a default, for a contact whose language is not clear'
        : `default: there is no text for "${fallback}"`;
    const fix =
      first === undefined
        ? 'Write a text for each language and the default: { fr: "…", en: "…", default: en }.'
        : `Write ${[first, ...others].map((each) => `default: ${each}`).join(', or ')}.`;
    const path = fallback === undefined ? [] : ['default'];
    context.addIssue(sentence(path, message, { code: 'language', fix }));
  })
  .meta({ id: 'texts_by_language' });

/** A text for all contacts, or texts by language, as in `reply` of a rule. */
export const phrase = z.union([text(), byLanguage], {
  error: 'is neither a text nor texts by language, such as { fr: "…", en: "…", default: en }',
});

type RawPhrase = z.output<typeof phrase>;

/** Converts a checked phrase. */
export function toPhrase(raw: RawPhrase): Phrase {
  if (typeof raw === 'string') return raw;
  const { default: fallback = 'en', ...texts } = raw;
  const given = LANGUAGES.flatMap((each) => (texts[each] === undefined ? [] : [[each, texts[each]]]));
  return { languages: Object.fromEntries(given) as Partial<Record<Language, string>>, fallback };
}
