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
