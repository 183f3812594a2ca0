// Texts of contacts, made safe for use in our replies.

const NAME_LENGTH = 80;
/**
 * Control and invisible characters and at signs, except line ends, tabs and the variation selector that turns
 * a symbol into an emoji.
 */
const INVISIBLE_OR_AT =
  /(?![\t-\r\u0085\uFE0F])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}\u2800@\uFF20\uFE6B]/gu;
/** A name of printable ASCII without an at sign. */
const USUAL_NAME = /^[ -?A-~]*$/;
/** Characters that reverse the following text: embeddings, overrides and isolates. */
const DIRECTION = /[\u202A-\u202E\u2066-\u2069]/gu;
/** Invisible characters between an at sign and a name; not the joiners that emoji and scripts need. */
const UNSEEN_AFTER_AT = /(?<=[@\uFF20\uFE6B])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]+/gu;
/** At signs that begin a mention. In an e-mail address a letter or digit precedes. */
const MENTION = /(?<![\p{L}\p{M}\p{N}._+-])[@\uFF20\uFE6B]+(?=[\p{L}\p{N}_])/gu;

/**
 * Makes a contact's name safe: one line of at most 80 characters, without control and invisible characters
 * (bidi controls, zero-width, fillers) and without `@`, so that `@everyone` mentions nobody. Empty if nothing
 * is left.
 */
export function harmlessName(name: string): string {
  if (name.length <= NAME_LENGTH && USUAL_NAME.test(name)) return name.replace(/ +/g, ' ').trim();
  const line = name
    .replace(INVISIBLE_OR_AT, '')
    .replace(/[\s\u0085]+/gu, ' ')
    .trim();
  return Array.from(line).slice(0, NAME_LENGTH).join('').trim();
}

/**
 * Makes a contact's text safe for quoting: unchanged, except that `@everyone` and every other mention loses
 * its `@`, and direction controls that could reverse our own words are removed. An e-mail address keeps its
 * `@`.
 */
export function harmlessQuote(text: string): string {
  return text.replace(DIRECTION, '').replace(UNSEEN_AFTER_AT, '').replace(MENTION, '');
}
