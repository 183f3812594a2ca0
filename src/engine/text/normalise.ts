// Normal forms of a text for comparison: different ways to type the same become the same string.
import { LIMITS } from '../../domain/limits.js';

/** Differences that count; with both false, neither case nor accents count. */
export interface FoldOptions {
  readonly caseSensitive: boolean;
  readonly accents: boolean;
}

const LOOSEST: FoldOptions = { caseSensitive: false, accents: false };

const NOT_ASCII = /[^\0-\x7f]/;
const WHITE_SPACE = /\p{White_Space}+/gu;
/** Zero width, variation selectors, joiners, soft hyphens, direction marks, tags of flags. */
const IGNORABLE = /\p{Default_Ignorable_Code_Point}+/gu;
/** Ignorable characters except the joiner that combines two emoji into one. */
const IGNORABLE_BUT_JOINER = /(?!\u200d)\p{Default_Ignorable_Code_Point}/gu;
/** Skin tones, and the box that turns a digit into a keycap (1️⃣). */
const SKIN_TONES = /[\u{1F3FB}-\u{1F3FF}\u20e3]+/gu;
/** Signs of gender: 🙋‍♀️ and 🙋‍♂️ become 🙋. */
const SEX = /(?<=\p{Extended_Pictographic})\u200d[\u2640\u2642]/gu;
/** Joiners outside of emoji, which are removed; within an emoji they matter: 👩‍🚀 is neither 👩 nor 🚀. */
const IDLE_JOINER = /(?<!\p{Extended_Pictographic})\u200d|\u200d(?!\p{Extended_Pictographic})/gu;
/**
 * The acute sign, which people type as an apostrophe. NFKD would turn it into a space and an accent, so it is
 * replaced first.
 */
const ACUTE_SIGNS = /[\u00b4\u1ffd]/g;
const SINGLE_QUOTES = /[\u2018\u2019\u201a\u201b\u02bc\u05f3]/g;
const DOUBLE_QUOTES = /[\u201c\u201d\u201e\u201f\u05f4]/g;

/** Hyphens, dashes and minus signs that look like the one on keyboards; not the long vowel of kana. */
const DASHES = /[\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]/g;
/** The fraction slash, into which NFKC turns the one of ½ (1⁄2). */
const SLASHES = /[\u2044\u2215]/g;
/** A line end with the spaces around it, or spaces alone. */
const BLANKS = /\p{White_Space}+/gu;
const LINE_END = /[\n\r\u0085\u2028\u2029\v\f]/;

/**
 * Marks of Latin, Greek, Cyrillic, Hebrew and Arabic only. WARNING: stripping all of \p{M} turns が into か and
 * कि into क, which are other words.
 */
const ACCENTS = new RegExp(
  '[' +
    '\\u0300-\\u036f\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\ufe20-\\ufe2f' +
    '\\u0483-\\u0489\\u2de0-\\u2dff\\ua66f\\ua674-\\ua67d\\ua69e\\ua69f' +
    '\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4\\u05c5\\u05c7' +
    '\\u0610-\\u061a\\u064b-\\u065f\\u0670\\u06d6-\\u06dc\\u06df-\\u06e4\\u06e7\\u06e8\\u06ea-\\u06ed' +
    '\\u0898-\\u089f\\u08ca-\\u08e1\\u08e3-\\u08ff' +
    ']+',
  'g',
);

/**
 * Letters that differ only by case but not after lower-casing: ß is SS, final sigma is Σ, and both Turkish i
 * are i.
 */
const CASE_LETTERS = /[ßς]|ı\u0307*|i\u0307+/g;
/** Letters without a decomposition that people replace by others if their keyboard lacks them. */
const ACCENT_LETTERS = /[æœøđłßıÆŒØĐŁẞ\u0622\u0623\u0625\u0671\u0649\u06cc\u06a9\u0629\u0640]/g;
const SUBSTITUTES: Readonly<Record<string, string>> = {
  ß: 'ss',
  ẞ: 'SS',
  ς: 'σ',
  ı: 'i',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ł: 'l',
  Æ: 'AE',
  Œ: 'OE',
  Ø: 'O',
  Đ: 'D',
  Ł: 'L',
  // Arabic letters that people type differently: alef with hamza or madda, alef wasla; alef maksura; the ya
  // and kaf of Persian; ta marbuta; tatweel.
  '\u0622': '\u0627',
  '\u0623': '\u0627',
  '\u0625': '\u0627',
  '\u0671': '\u0627',
  '\u0649': '\u064a',
  '\u06cc': '\u064a',
  '\u06a9': '\u0643',
  '\u0629': '\u0647',
  '\u0640': '',
};

/**
 * The form in which texts and keywords are compared. Without `options` it is the loosest one, which the
 * others refine: `fold(fold(text, options))` is `fold(text)`. So a keyword that occurs in a text with any
 * options also occurs with the loosest; the exception is a text with a lone Hangul jamo or kana mark after a
 * foreign accent, which no one writes. A text is cut at LIMITS.matchedText first. Folding a folded text
 * changes nothing, as long as it is no longer than that. A text without visible characters becomes ''. 75
 * code points fold differently after upper case or NFKC (Greek iota subscript, rare Cyrillic, the lone acute
 * sign); Cyrillic and Latin letters that look alike stay different.
 */
export function fold(text: string, options: FoldOptions = LOOSEST): string {
  const isLoosest = !options.caseSensitive && !options.accents;
  if (!isLoosest) return folded(text, options);
  if (latest.text !== text) latest = { text, folded: folded(text, options) };
  return latest.folded;
}

/** The text that was folded last: the opt-out and each set of rules fold the same one. */
let latest = { text: '', folded: '' };

function folded(text: string, options: FoldOptions): string {
  const begin = cut(text, LIMITS.matchedText);
  const even = NOT_ASCII.test(begin)
    ? foldUnicode(begin, options)
    : options.caseSensitive
      ? begin
      : begin.toLowerCase();
  return isTidy(even) ? even : even.replace(WHITE_SPACE, ' ').trim();
}

/** True if the only white space is single spaces between other characters. */
function isTidy(text: string): boolean {
  let before = BLANK;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === BLANK ? before === BLANK : (traitsOf(unit) & SPACE) !== 0) return false;
    before = unit;
  }
  return text === '' || before !== BLANK;
}

function foldUnicode(text: string, { caseSensitive, accents }: FoldOptions): string {
  const joins = text.includes('\u200d');
  const seen =
    (allTraits(text) & DROPPED) === 0
      ? text
      : text
          .replace(joins ? IGNORABLE_BUT_JOINER : IGNORABLE, '')
          .replace(SKIN_TONES, '')
          .replace(ACUTE_SIGNS, "'");
  let folded = seen.normalize('NFKD');
  // Runs after NFKD, which turns some characters that count as pictures, such as ™, into letters.
  if (joins) folded = folded.replace(SEX, '').replace(IDLE_JOINER, '');
  // Cut before everything that depends on the options, so that every fold sees the same beginning.
  folded = cut(folded, 4 * LIMITS.matchedText);
  const traits = allTraits(folded);
  if (!accents && (traits & ACCENT) !== 0) folded = folded.replace(ACCENTS, '');
  if (!caseSensitive) folded = folded.toLowerCase();
  if (!caseSensitive && (traits & CASE) !== 0) folded = folded.replace(CASE_LETTERS, substitute);
  if (!accents && (traits & LETTER) !== 0) folded = folded.replace(ACCENT_LETTERS, substitute);
  return ((traits & SIGN) === 0 ? folded : plainSigns(folded)).normalize('NFC');
}

// Replacements that a code unit may need. Most texts need few, and a table lookup costs a tenth of a
// replacement.
const DROPPED = 1;
const ACCENT = 2;
const CASE = 4;
const LETTER = 8;
const SIGN = 16;
const SPACE = 32;
const KNOWN = 64;
const BLANK = 0x20;

/** Cache of the traits by code unit. For a surrogate pair, the entry of the first half is used. */
const traits = new Uint8Array(0x10000);

function allTraits(text: string): number {
  let all = 0;
  for (let at = 0; at < text.length; at += 1) all |= traitsOf(text.charCodeAt(at));
  return all;
}

function traitsOf(unit: number): number {
  const before = traits[unit] ?? 0;
  if (before !== 0) return before;
  const found = unit >= 0xd800 && unit <= 0xdbff ? pairTraits(unit) : unitTraits(String.fromCharCode(unit));
  traits[unit] = found | KNOWN;
  return found;
}

/**
 * Traits of all characters that begin with this half of a surrogate pair. None of them is white space, a
 * quote or an accent by itself.
 */
function pairTraits(unit: number): number {
  const begun = Array.from({ length: 0x400 }, (_, n) => String.fromCharCode(unit, 0xdc00 + n));
  return begun.some((each) => unitTraits(each) !== 0) ? DROPPED | ACCENT | CASE | LETTER : 0;
}

/** Traits by the character and its lower case. A capital sigma may become a final one. */
function unitTraits(character: string): number {
  const both = character + character.toLowerCase();
  const has = (pattern: RegExp, trait: number): number => (both.search(pattern) === -1 ? 0 : trait);
  return (
    has(IGNORABLE, DROPPED) |
    has(SKIN_TONES, DROPPED) |
    has(ACUTE_SIGNS, DROPPED) |
    has(ACCENTS, ACCENT) |
    has(/[ßςΣı\u0307]/, CASE) |
    has(ACCENT_LETTERS, LETTER) |
    has(SINGLE_QUOTES, SIGN) |
    has(DOUBLE_QUOTES, SIGN) |
    has(DASHES, SIGN) |
    has(SLASHES, SIGN) |
    has(WHITE_SPACE, SPACE) |
    has(/\ufeff/, SPACE)
  );
}

/**
 * The text for regular expressions: `plainLetters`, with any run of white space as one space, or as one line
 * end if it contains one, and trimmed. Cut at LIMITS.searchedText.
 */
export function plain(text: string): string {
  const letters = plainLetters(text);
  return isTidy(letters)
    ? letters
    : letters.replace(BLANKS, (run) => (LINE_END.test(run) ? '\n' : ' ')).replace(/^\s|\s$/gu, '');
}

/**
 * NFKC without zero-width characters, with quotes, dashes and slashes as on keyboards; case, accents and
 * white space are kept.
 */
export function plainLetters(text: string): string {
  const begin = cut(text, LIMITS.searchedText);
  if (!NOT_ASCII.test(begin)) return begin;
  const isClean = (allTraits(begin) & DROPPED) === 0;
  const bare = (isClean ? begin : begin.replace(IGNORABLE, '').replace(ACUTE_SIGNS, "'")).normalize('NFKC');
  return cut((allTraits(bare) & SIGN) === 0 ? bare : plainSigns(bare), LIMITS.searchedText);
}

/** The text without the accents that `fold` ignores; case and spaces are kept. */
export function withoutAccents(text: string): string {
  if (!NOT_ASCII.test(text)) return text;
  const parts = text.normalize('NFKD');
  const isClean = (allTraits(parts) & (ACCENT | LETTER)) === 0;
  return (isClean ? parts : parts.replace(ACCENTS, '').replace(ACCENT_LETTERS, substitute)).normalize('NFC');
}

function plainSigns(text: string): string {
  return text
    .replace(SINGLE_QUOTES, "'")
    .replace(DOUBLE_QUOTES, '"')
    .replace(DASHES, '-')
    .replace(SLASHES, '/');
}

/** The table has no entry for an i with its own combining dots. */
function substitute(letter: string): string {
  return SUBSTITUTES[letter] ?? 'i';
}

/** The first `length` code units at most, without half a surrogate pair at the end. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}
