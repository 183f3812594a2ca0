import type { Language } from '../../domain/meaning.js';
import { LIMITS } from '../../domain/limits.js';
import { stemOf } from './stems.js';

/** Kinds of features; the similarity of each kind is computed separately. */
export const KINDS = ['word', 'pair', 'characters'] as const;
const WORD = 0;
const PAIR = 1;
const CHARACTERS = 2;

/** Scripts without spaces between words, whose texts are compared only by characters. */
const UNSPACED =
  '\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Thai}\\p{scx=Lao}\\p{scx=Khmer}\\p{scx=Myanmar}';
/** English contractions are one word (`what's`); a French elision is two (`l'article`). */
const TOKEN = new RegExp(
  `[${UNSPACED}]+|(?:(?![${UNSPACED}])[\\p{L}\\p{M}\\p{N}])+(?:'(?:s|t|m|re|ll|ve|d)(?!\\p{L}))?`,
  'gu',
);
const IS_UNSPACED = new RegExp(`^[${UNSPACED}]`, 'u');
const DIGIT = /\p{N}/gu;
const LONGEST_WORD = 40;

/** Features of a text in parallel lists, without duplicates. */
export interface Features {
  readonly words: readonly string[];
  readonly hashes: readonly number[];
  /** Index into `KINDS` of each feature. */
  readonly kinds: readonly number[];
  /** Index into `words` of each feature; a pair belongs to its first word. */
  readonly owners: readonly number[];
}

/** Splits a folded text into words. Numbers of equal length are equal. */
export function wordsOf(folded: string): readonly string[] {
  const found = folded.match(TOKEN) ?? [];
  return found
    .slice(0, LIMITS.comparedWords)
    .map((word) => word.replace("'", '').replace(DIGIT, '0').slice(0, LONGEST_WORD));
}

/** True if a text of these words is a single word; a whole sentence of a script without spaces is not. */
export function isOneWord(words: readonly string[]): boolean {
  return words.length === 1 && !IS_UNSPACED.test(words[0] ?? '');
}

/** Cache of stems per word and set of languages, shared by all texts of a model. */
export type StemCache = Map<string, readonly string[]>;
const MOST_CACHED = 20_000;

/**
 * Extracts the features of a text: stems of words in each of the languages, pairs of adjacent words, and
 * sequences of 2 to 4 characters within words; for scripts without spaces, sequences of 1 to 4 characters.
 */
export function featuresOf(
  words: readonly string[],
  languages: readonly Language[],
  cache: StemCache,
): Features {
  const found: { hashes: number[]; kinds: number[]; owners: number[] } = {
    hashes: [],
    kinds: [],
    owners: [],
  };
  const seen = new Set<number>();
  const add = (hash: number, kind: number, owner: number): void => {
    if (seen.has(hash)) return;
    seen.add(hash);
    found.hashes.push(hash);
    found.kinds.push(kind);
    found.owners.push(owner);
  };
  let before = '';
  for (const [owner, word] of words.entries()) {
    const isUnspaced = IS_UNSPACED.test(word);
    const stems = isUnspaced ? [] : cachedStems(word, languages, cache);
    for (const stem of stems) add(hashOf(stem, WORD), WORD, owner);
    const [stem = ''] = stems;
    if (before !== '' && stem !== '') add(hashOf(`${before} ${stem}`, PAIR), PAIR, owner - 1);
    before = stem;
    const padded = isUnspaced ? word : ` ${word} `;
    for (let length = isUnspaced ? 1 : 2; length <= 4; length += 1) {
      for (let at = 0; at + length <= padded.length; at += 1) {
        add(hashPart(padded, at, at + length), CHARACTERS, owner);
      }
    }
  }
  return { words, ...found };
}

function cachedStems(word: string, languages: readonly Language[], cache: StemCache): readonly string[] {
  const known = cache.get(word);
  if (known) return known;
  const stems = languages.length === 0 ? [word] : [...new Set(languages.map((each) => stemOf(word, each)))];
  if (cache.size >= MOST_CACHED) cache.clear();
  cache.set(word, stems);
  return stems;
}

function hashOf(text: string, kind: number): number {
  return mix(hashPart(text, 0, text.length), kind + 1);
}

/** FNV-1a hash over code units. */
function hashPart(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mix(hash, 0);
}

function mix(hash: number, salt: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15) ^ (salt * 0x9e3779b1), 0x2c1b3c6d);
  // 30 bits, since an engine stores larger integers outside its lists.
  return (mixed ^ (mixed >>> 13)) & 0x3fff_ffff;
}
