// What a contact wrote, as it may stand in a text of ours.

const NAME_LENGTH = 80;
/** All but line ends, tabs and the sign that makes an emoji of a symbol. */
const INVISIBLE_OR_AT =
  /(?![\t-\r\u0085\uFE0F])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}\u2800@\uFF20\uFE6B]/gu;
/** What turns the text after it around: embeddings, overrides and isolates. */
const DIRECTION = /[\u202A-\u202E\u2066-\u2069]/gu;
/** What may stand unseen between an at sign and a name; not the joiners that emoji and scripts need. */
const UNSEEN_AFTER_AT = /(?<=[@\uFF20\uFE6B])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]+/gu;
/** At signs that begin a mention. Within an address of e-mail a letter or digit stands before. */
const MENTION = /(?<![\p{L}\p{M}\p{N}._+-])[@\uFF20\uFE6B]+(?=[\p{L}\p{N}_])/gu;

/**
 * A contact's name: one line of at most 80 characters, without control and invisible characters (bidi controls,
 * zero-width, fillers) and without `@`, so that `@everyone` calls nobody. Empty when nothing is left.
 */
export function harmlessName(name: string): string {
  const line = name
    .replace(INVISIBLE_OR_AT, '')
    .replace(/[\s\u0085]+/gu, ' ')
    .trim();
  return Array.from(line).slice(0, NAME_LENGTH).join('').trim();
}

/**
 * What a contact wrote, for quoting: as it is, but that `@everyone` and every other mention calls nobody, and that no
 * direction control turns our own words around. An address of e-mail keeps its `@`.
 */
export function harmlessQuote(text: string): string {
  return text.replace(DIRECTION, '').replace(UNSEEN_AFTER_AT, '').replace(MENTION, '');
}
