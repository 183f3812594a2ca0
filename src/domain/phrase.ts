import type { Language } from './meaning.js';

/** A text of the configuration: the same for every contact, or by the language of the contact. */
export type Phrase = string | PhraseByLanguage;

export interface PhraseByLanguage {
  readonly languages: Readonly<Partial<Record<Language, string>>>;
  /** The language in doubt, and of contacts who write in another one. */
  readonly fallback: Language;
}

/** The texts of a phrase, in every language. */
export function textsOf(phrase: Phrase | null): readonly string[] {
  if (phrase === null) return [];
  return typeof phrase === 'string' ? [phrase] : Object.values(phrase.languages);
}

/** The texts of a configuration that the program says by itself. */
export interface OwnTexts {
  readonly accounts: Iterable<{ readonly disclosure: Phrase | null }>;
  readonly optOut: { readonly reply: Phrase } | null;
}

/** True if one of these texts is written by the language of the contact. */
export function speaksLanguages({ accounts, optOut }: OwnTexts): boolean {
  for (const { disclosure } of accounts) if (isByLanguage(disclosure)) return true;
  return isByLanguage(optOut?.reply ?? null);
}

function isByLanguage(phrase: Phrase | null): boolean {
  return phrase !== null && typeof phrase !== 'string';
}
