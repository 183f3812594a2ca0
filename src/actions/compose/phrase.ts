import type { InboundEvent } from '../../domain/event.js';
import type { Facts } from '../../domain/facts.js';
import { type OwnTexts, type Phrase, speaksLanguages } from '../../domain/phrase.js';
import type { LanguageChoice } from '../../domain/reply.js';
import type { CompiledSet } from '../../engine/rule-set.js';

/** The contact that a phrase is for, and what shows their language. */
interface Hearer {
  readonly event: InboundEvent;
  readonly facts: Facts;
  readonly set: CompiledSet;
  readonly keyword?: string | null;
  /** True if the text of the event shows less of the language than earlier ones: STOP. */
  readonly isFormula?: boolean;
}

/** A phrase as one contact gets it. */
interface Spoken {
  readonly text: string;
  /** The language of the text; null if it is the same for all. */
  readonly language: LanguageChoice | null;
}

/**
 * The text of a phrase for a contact: in the language of the reply that it precedes, if it has a text in that one; else in
 * that of the contact.
 */
export function speak(phrase: Phrase, hearer: Hearer, reply: LanguageChoice | null = null): Spoken {
  if (typeof phrase === 'string') return { text: phrase, language: null };
  const { languages, fallback } = phrase;
  const same = reply === null ? undefined : languages[reply.language];
  if (same !== undefined) return { text: same, language: reply };
  const { event, facts, set, keyword = null, isFormula = false } = hearer;
  const evidence = { text: event.text, keyword, earlier: facts.said, isFormula };
  const language = set.languages.choose(phrase, evidence);
  return { text: languages[language?.language ?? fallback] ?? '', language };
}

/** True if decisions need the language of contacts, for rules or for texts of the configuration. */
export function needsLanguage(
  { languages }: Pick<CompiledSet, 'languages'>,
  {
    accounts,
    optOut,
  }: Omit<OwnTexts, 'accounts'> & {
    readonly accounts: ReadonlyMap<string, { readonly disclosure: Phrase | null }>;
  },
): boolean {
  return languages.isUsed || speaksLanguages({ accounts: accounts.values(), optOut });
}
