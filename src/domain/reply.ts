import type { Button } from './button.js';
import type { Language } from './meaning.js';
import type { Millis } from './time.js';

/** Texts by the language of the contact. */
export type TextsByLanguage = Readonly<Partial<Record<Language, readonly string[]>>>;

/** A reply of a rule: one template, or several to choose from, with an optional delay. */
export interface ReplySpec {
  /** With `languages`, the texts of the default language. */
  readonly texts: readonly string[];
  /** The same reply in several languages, the default included. @default one for every contact */
  readonly languages?: TextsByLanguage;
  /** The language of `texts`; only with `languages`. */
  readonly fallback?: Language;
  /** Link buttons under a direct message, as templates. @default none */
  readonly buttons?: readonly Button[];
  /** Minimum and maximum delay before sending; null to send at once. */
  readonly delay: { readonly from: Millis; readonly to: Millis } | null;
}

/** Every template of a reply, in every language. */
export function everyText({ texts, languages }: Pick<ReplySpec, 'texts' | 'languages'>): readonly string[] {
  return languages === undefined ? texts : Object.values(languages).flat();
}

/** The language in which a contact gets a reply. */
export interface LanguageChoice {
  readonly language: Language;
  /** The evidence, for people: `by the message`, `the default: not clear from the message`. */
  readonly why: string;
}

/** The languages that a reply names. */
export function everyLanguage({ languages = {} }: Pick<ReplySpec, 'languages'>): readonly string[] {
  return Object.keys(languages);
}
