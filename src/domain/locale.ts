/** True for the tag of a language with which this Node formats: `fr`, `pt-BR`. */
export function isLocale(text: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf([text]).length === 1;
  } catch {
    return false;
  }
}

/** Hint for a text that is no locale. */
export const LOCALE_FIX = 'Write the tag of a language, such as fr, de-AT or pt-BR.';

/**
 * The locale for names and numbers in a text of one of several languages: that of the account if it is of the same language
 * (`fr-CA` for `fr`), else the language.
 */
export function localeIn(language: string, locale: string | undefined): string {
  return locale !== undefined && locale.split('-')[0] === language ? locale : language;
}
