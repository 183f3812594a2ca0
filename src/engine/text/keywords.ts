import { LIMITS } from '../../domain/limits.js';
import type { KeywordSpec } from '../../domain/rule.js';
import { type FoldOptions, fold, plainLetters, withoutAccents } from './normalise.js';
import { type CompiledRegex, compileRegex, type RegexFound } from './regex.js';
import { MessageText } from './text.js';
import { compileTypos } from './typos.js';
import { hasWord } from './words.js';

/** A match of a keyword. */
export interface KeywordHit {
  /** The keyword, as written in the rule. */
  readonly keyword: string;
  /** The named groups of a regular expression that matched; empty for every other mode. */
  readonly groups: Readonly<Record<string, string>>;
  /** Number of typos tolerated, 1 or 2; absent if none. */
  readonly typos?: number;
}

/** Returns null if the keyword is not in the text. Pure, never throws. */
export type KeywordMatcher = (text: MessageText) => KeywordHit | null;

export type KeywordOptions = Pick<
  KeywordSpec,
  'match' | 'typos' | 'caseSensitive' | 'accents' | 'in' | 'attached'
>;

type TextMode = Exclude<KeywordSpec['match'], 'regex'>;

const OCCURS: Readonly<
  Record<TextMode, (text: string, keyword: string, options: KeywordOptions) => boolean>
> = {
  word: (text, keyword, { attached }) => hasWord(text, keyword, attached),
  contains: (text, keyword) => text.includes(keyword),
  exact: (text, keyword) => text === keyword,
  starts_with: (text, keyword) => text.startsWith(keyword),
  ends_with: (text, keyword) => text.endsWith(keyword),
};

/**
 * Prepares the search for one keyword. Every mode except `regex` compares folded with folded; `contains`,
 * `exact`, `starts_with` and `ends_with` need no word borders. For a keyword that is not valid, throws an
 * Error with the message of `checkKeyword`.
 */
export function compileKeyword(keyword: string, options: KeywordOptions): KeywordMatcher {
  const wrong = checkShape(keyword, options);
  if (wrong !== null) throw new Error(wrong);
  const match =
    options.match === 'regex' ? regexMatcher(keyword, options) : textMatcher(keyword, options.match, options);
  return options.in === 'words' ? (text) => match(text.inWords()) : match;
}

/** Returns null if the keyword can be compiled, otherwise a sentence with the problem and the fix. */
export function checkKeyword(keyword: string, options: KeywordOptions): string | null {
  const wrong = checkShape(keyword, options);
  if (wrong !== null || options.match !== 'regex') return wrong;
  const { exact } = compileBoth(keyword, options);
  return exact.ok ? asciiBorder(keyword, options) : exact.error;
}

/**
 * Runs matchers in order and returns the first match; one without typos wins over one with, fewer over more.
 * Null if none matches.
 */
export function firstHit(matchers: readonly KeywordMatcher[], text: MessageText): KeywordHit | null {
  let best: KeywordHit | null = null;
  for (const match of matchers) {
    const hit = match(text);
    if (hit && hit.typos === undefined) return hit;
    if (hit && (best === null || (hit.typos ?? 0) < (best.typos ?? 0))) best = hit;
  }
  return best;
}

/**
 * Says which keyword is in the text, for people: `"prize"`, or with typos `"price" is taken for "prize"`. Null if none
 * is.
 */
export function foundIn(matchers: readonly KeywordMatcher[], text: MessageText): string | null {
  const hit = firstHit(matchers, text);
  if (hit === null) return null;
  const keyword = JSON.stringify(hit.keyword);
  if (hit.typos === undefined) return keyword;
  const match = matchers.find((each) => each(text)?.keyword === hit.keyword);
  const part = firstWords(text).find((words) => match?.(new MessageText(words)));
  return part === undefined ? `taken for ${keyword}` : `${JSON.stringify(part)} is taken for ${keyword}`;
}

/** Number of words that are searched, since this runs in decisions: a long message may come from anybody. */
const SEARCHED = 50;

/** Each of the first words of the text, then each two and three in a row, as written. */
function firstWords(text: MessageText): readonly string[] {
  const words = text.words(AS_WRITTEN).slice(0, SEARCHED);
  const whole = text.folded(AS_WRITTEN);
  return [1, 2, 3].flatMap((count) =>
    words.slice(count - 1).map(({ end }, first) => whole.slice(words[first]?.start, end)),
  );
}

const AS_WRITTEN: FoldOptions = { caseSensitive: true, accents: true };

function checkShape(keyword: string, { match, typos }: KeywordOptions): string | null {
  if (typos > 0 && match !== 'word') {
    return `typos are tolerated only with \`match: word\`, not with \`match: ${match}\`: leave out one of the two`;
  }
  if (match === 'regex')
    return keyword.trim() === '' ? 'the pattern is empty: write one, or remove the line' : null;
  if (keyword.length > LIMITS.keywordLength) {
    return `the keyword has ${keyword.length} characters, more than ${LIMITS.keywordLength}: use a shorter part of it`;
  }
  // The loosest fold is used for any options, because keywords are looked up by it.
  return fold(keyword) === ''
    ? 'the keyword has nothing visible to look for: write a word, a sign or an emoji, or remove the line'
    : null;
}

function textMatcher(keyword: string, mode: TextMode, options: KeywordOptions): KeywordMatcher {
  const by: FoldOptions = options;
  const wanted = fold(keyword, by);
  const occurs = OCCURS[mode];
  const plainHit: KeywordHit = { keyword, groups: {} };
  const fewestTypos = options.typos === 0 ? null : compileTypos(wanted, options.typos);
  return (text) => {
    if (occurs(text.folded(by), wanted, options)) return plainHit;
    const typos = fewestTypos?.(text.folded(by), text.words(by)) ?? null;
    return typos === null ? null : { keyword, groups: {}, typos };
  };
}

/**
 * A pattern is tried on the text as written, so that groups keep the contact's spelling. If accents do not
 * count, the pattern without accents is then tried on the text without accents.
 */
function regexMatcher(keyword: string, options: KeywordOptions): KeywordMatcher {
  const { exact, bare } = compileBoth(keyword, options);
  if (!exact.ok) throw new Error(exact.error);
  return (text) => {
    const found = exact.find(text.plain()) ?? findBare(exact, bare, text);
    return found && { keyword, groups: found.groups };
  };
}

function findBare(exact: CompiledRegex, bare: CompiledRegex | null, text: MessageText): RegexFound | null {
  if (!bare?.ok) return null;
  const nothingNew = bare === exact && text.withoutAccents() === text.plain();
  return nothingNew ? null : bare.find(text.withoutAccents());
}

/**
 * `bare` is null if accents count. It may fail to compile where `exact` does not (`[z-é]` becomes `[z-e]`):
 * then accents count in that pattern.
 */
function compileBoth(
  pattern: string,
  options: KeywordOptions,
): { readonly exact: CompiledRegex; readonly bare: CompiledRegex | null } {
  const { written, stripped } = patternsOf(pattern, options);
  const exact = compileRegex(written, options);
  if (stripped === null) return { exact, bare: null };
  return { exact, bare: stripped === written ? exact : compileRegex(stripped, options) };
}

/**
 * The forms of a regex keyword that are searched for: `written` in the text's `plain()`, `stripped` in its
 * `withoutAccents()`. `stripped` is null if accents count, and may not compile.
 */
export function patternsOf(
  pattern: string,
  { accents }: KeywordOptions,
): { readonly written: string; readonly stripped: string | null } {
  return { written: rewrite(pattern, plainLetters), stripped: accents ? null : rewrite(pattern, barely) };
}

function barely(text: string): string {
  return withoutAccents(plainLetters(text));
}

/**
 * Normalises the letters of a pattern like those of the text. A character that becomes ASCII must not become
 * syntax: ？ is not `?`.
 */
function rewrite(pattern: string, form: (text: string) => string): string {
  return pattern
    .normalize('NFC')
    .replace(/[^\0-\x7f]/gu, (letter) => form(letter).replace(/[\\^$.*+?()[\]{}|-]/g, String.raw`\$&`));
}

/**
 * RE2's `\b` only knows ASCII letters, so next to any other letter it fails silently where people expect a
 * match.
 */
function asciiBorder(pattern: string, { accents }: KeywordOptions): string | null {
  const seen = rewrite(pattern, accents ? plainLetters : barely).replaceAll('\\\\', '  ');
  if (!/\\b(?![\0-\x7f])\p{L}|(?![\0-\x7f])\p{L}\\b/u.test(seen)) return null;
  return '`\\b` knows no letters but a to z: use `match: word`, or `(^|\\PL)` before and `(\\PL|$)` after the word';
}
