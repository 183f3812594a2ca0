// Word borders, derived from the classes of the adjacent characters. No dictionary: Intl.Segmenter takes 45
// to 163 microseconds per message, and keeps l'été as one word.

/** Class of characters outside words: spaces, punctuation, emoji. */
const NONE = 0;
/** A letter, mark, digit or underscore of a script that puts spaces between words. */
const SPACED = 1;
/** A script without spaces between words: Han, Kana, Thai, Lao, Khmer, Myanmar. */
const UNSPACED = 2;
/** Hangul: written with spaces, but particles attach to the end of a word: 가격 occurs in 가격이. */
const HANGUL = 3;
/** Mask of the script classes above. */
const SCRIPT = 3;
/** Flag added to the class of a combining mark, which belongs to the letter before it. */
const MARK = 4;
/** A sign that is a word by itself: emoji. */
const SIGN = 8;

const WORD_CHARACTER = /[\p{L}\p{M}\p{N}_]/u;
const UNSPACED_SCRIPT =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]/u;
const HANGUL_SCRIPT = /\p{Script=Hangul}/u;
const COMBINING = /\p{M}/u;
const PICTURE = /\p{Extended_Pictographic}/u;
/** The character that joins two emoji into one; `fold` removes it everywhere else. */
const JOINER = 0x200d;

/**
 * Minimum letters of an Arabic stem after a prefix. Shorter stems match too often by chance: لم (not) would
 * be in كلم (talked). Marks do not count as letters.
 */
const ARABIC_STEM = /^(?:\p{Script=Arabic}\p{M}*){3}/u;
/**
 * Prefixes that Arabic attaches to the next word: و or ف (and), ب ك ل (with, as, for), the article ال, which
 * ل merges with to لل; at most one of each, and nothing else before it in the word.
 */
const ARABIC_PREFIX =
  /(?:^|[^\p{L}\p{M}\p{N}_])(?:[وف]\p{M}*)?(?:ل\p{M}*ل\p{M}*|(?:[بك]\p{M}*)?ا\p{M}*ل\p{M}*|[بكل]\p{M}*)?$/u;
/** A prefix has up to four letters, a few marks on each, and a border before it. */
const MOST_PREFIX = 16;

const MOST_WORDS = 100;
/**
 * Maximum number of flag letters counted back: counting a long row of flags would take quadratic time. Beyond
 * it there is no border.
 */
const MOST_FLAG_LETTERS = 200;

/** Cache of the classes of code points: the class + 1, or 0 if not yet known. */
const known = new Uint8Array(0x110000);

/** Position of a word in a text, in code units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * True if `text` from `start` to `end` begins and ends at word borders. There is no border between two
 * letters (marks, digits, underscores) of scripts with spaces, inside a letter with its marks, inside a flag,
 * and inside an emoji composed of several (👩‍🚀). So scripts without spaces are searched as substrings;
 * emoji and punctuation always separate words, and so does a change to or from Chinese, Japanese, Thai or
 * Hangul (`我的price是`, `DM주세요`).
 * Unless `attached` is false, a match that ends with Hangul needs no border there, nor one that begins with
 * an Arabic word of three letters or more after an article, prepositions and conjunctions (`بالسعر`).
 */
export function isWordHit(text: string, start: number, end: number, attached = true): boolean {
  if (!isBorder(text, start) && !(attached && followsPrefix(text, start, end))) return false;
  if (isBorder(text, end)) return true;
  return attached && classBefore(text, end) === HANGUL && (classAt(text, end) & MARK) === 0;
}

/** True if `keyword`, both folded alike, occurs in the text at word borders; see `isWordHit`. */
export function hasWord(text: string, keyword: string, attached = true): boolean {
  for (let at = text.indexOf(keyword); at !== -1; at = text.indexOf(keyword, at + 1)) {
    if (isWordHit(text, at, at + keyword.length, attached)) return true;
  }
  return false;
}

/** True if a folded keyword begins with an Arabic word that may follow an attached article or preposition. */
export function mayCarryPrefix(folded: string): boolean {
  return ARABIC_STEM.test(folded);
}

function followsPrefix(text: string, start: number, end: number): boolean {
  if (!ARABIC_STEM.test(text.slice(start, end))) return false;
  const from = Math.max(0, start - MOST_PREFIX);
  return ARABIC_PREFIX.test(text.slice(from, start)) && (classAt(text, start) & MARK) === 0;
}

/**
 * The first 100 words of a folded text, to explain why a rule did not match: runs of one class (`我的price是` is
 * three), and each emoji. Punctuation is left out.
 */
export function words(folded: string): readonly string[] {
  if (latest.folded === folded) return latest.words;
  const found: string[] = [];
  eachSpan(folded, (start, end) => found.push(folded.slice(start, end)) < MOST_WORDS);
  latest = { folded, words: found };
  return found;
}

/** The words of the last text: each set of rules asks for the same ones. */
let latest: { readonly folded: string; readonly words: readonly string[] } = { folded: '', words: [] };

/** Positions of all words of scripts with spaces (and Hangul). */
export function spacedWords(folded: string): Span[] {
  const found: Span[] = [];
  eachSpan(folded, (start, end, script) => {
    if (script === SPACED || script === HANGUL) found.push({ start, end });
    return true;
  });
  return found;
}

/** True for a letter, mark, digit or underscore of a script with spaces between its words; Hangul is not among them. */
export function isSpaced(point: number): boolean {
  return (classOf(point) & SCRIPT) === SPACED;
}

/** True if the text has a letter of a script without spaces. */
export function hasUnspaced(folded: string): boolean {
  for (const character of folded) {
    if ((classOf(character.codePointAt(0) ?? -1) & SCRIPT) === UNSPACED) return true;
  }
  return false;
}

/** Visits each span until the callback returns false. */
function eachSpan(text: string, visit: (start: number, end: number, script: number) => boolean): void {
  let at = 0;
  while (at < text.length) {
    const script = classAt(text, at) & SCRIPT;
    const end = script === NONE ? pictureEnd(text, at) : runEnd(text, at, script);
    if (end > at && !visit(at, end, script)) return;
    at = end > at ? end : after(text, at);
  }
}

function runEnd(text: string, start: number, script: number): number {
  let end = start;
  while (end < text.length) {
    const unit = text.charCodeAt(end);
    if (unit < 0x80 && known[unit] === script + 1) {
      end += 1;
      continue;
    }
    const next = classAt(text, end);
    if ((next & SCRIPT) !== script && (next & MARK) === 0) break;
    end = after(text, end);
  }
  return end;
}

/** The end of the emoji or flag that begins here; `start` if no emoji begins here. */
function pictureEnd(text: string, start: number): number {
  const point = text.codePointAt(start) ?? -1;
  const next = after(text, start);
  if (isFlagLetter(point)) return isFlagLetter(text.codePointAt(next) ?? -1) ? after(text, next) : next;
  if ((classOf(point) & SIGN) === 0) return start;
  let end = next;
  while (text.charCodeAt(end) === JOINER) end = after(text, end + 1);
  return end;
}

function isBorder(text: string, at: number): boolean {
  const left = classBefore(text, at) & SCRIPT;
  const right = classAt(text, at);
  if (left === NONE) return !splitsFlag(text, at) && !joins(text, at);
  if ((right & MARK) !== 0) return false;
  return left !== (right & SCRIPT) || left === UNSPACED;
}

/**
 * Flags are pairs of letters: in 🇫🇷🇩🇪 the middle of a pair is not a border, otherwise 🇷🇩 would occur.
 */
function splitsFlag(text: string, at: number): boolean {
  if (!isFlagLetter(text.codePointAt(at) ?? -1)) return false;
  let letters = 0;
  while (letters < MOST_FLAG_LETTERS && isFlagLetter(pointBefore(text, at - 2 * letters))) letters += 1;
  return letters === MOST_FLAG_LETTERS || letters % 2 === 1;
}

function joins(text: string, at: number): boolean {
  return text.charCodeAt(at) === JOINER || text.charCodeAt(at - 1) === JOINER;
}

function isFlagLetter(point: number): boolean {
  return point >= 0x1f1e6 && point <= 0x1f1ff;
}

function classAt(text: string, at: number): number {
  return classOf(text.codePointAt(at) ?? -1);
}

function classBefore(text: string, at: number): number {
  return classOf(pointBefore(text, at));
}

function pointBefore(text: string, at: number): number {
  if (at <= 0) return -1;
  const wide = at > 1 ? (text.codePointAt(at - 2) ?? -1) : -1;
  return wide > 0xffff ? wide : text.charCodeAt(at - 1);
}

function after(text: string, at: number): number {
  return at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
}

function classOf(point: number): number {
  if (point < 0) return NONE;
  const remembered = known[point] ?? 0;
  if (remembered > 0) return remembered - 1;
  const found = classify(String.fromCodePoint(point));
  known[point] = found + 1;
  return found;
}

function classify(character: string): number {
  if (!WORD_CHARACTER.test(character)) return PICTURE.test(character) ? SIGN : NONE;
  const mark = COMBINING.test(character) ? MARK : 0;
  if (UNSPACED_SCRIPT.test(character)) return UNSPACED | mark;
  return (HANGUL_SCRIPT.test(character) ? HANGUL : SPACED) | mark;
}
