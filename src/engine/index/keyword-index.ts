import { eachInSteps, type Steps } from '../../domain/steps.js';
import type { KeywordOptions } from '../text/keywords.js';
import { type FoldOptions, fold } from '../text/normalise.js';
import type { MessageText } from '../text/text.js';
import { typoShape } from '../text/typos.js';
import { isWordHit, mayCarryPrefix } from '../text/words.js';
import { createAutomaton } from './automaton.js';
import type { Found } from './visited-set.js';
import { createPatternTable, type PatternKey } from './pattern-table.js';
import { createTypoTable, type TypoKey } from './typo-table.js';
import { createWordTable, hasRun, type WordKey } from './word-table.js';

/** A keyword of a filter, with its number. */
export interface KeywordKey {
  readonly key: number;
  readonly keyword: string;
  readonly options: KeywordOptions;
}

/** Finds the keywords that may occur in a text: all that their matchers would find, and possibly more. */
export type KeywordIndex = (text: MessageText, found: Found) => void;

/**
 * Combines a lookup for keywords of the whole text with one for keywords that ignore links: each uses the
 * same view of the text as its matchers.
 */
export function* createKeywordIndex(keys: readonly KeywordKey[]): Steps<KeywordIndex> {
  const inText = yield* searchView(keys.filter(({ options }) => options.in !== 'words'));
  const others = keys.filter(({ options }) => options.in === 'words');
  if (others.length === 0) return inText;
  const inWords = yield* searchView(others);
  return (text, found) => {
    inText(text, found);
    inWords(text.inWords(), found);
  };
}

/**
 * One lookup for all keywords of one view of the text. Texts and keywords are compared by the fold that the
 * keyword's own matcher uses, so there is a lookup for each fold that the rules use, usually one.
 */
function* searchView(keys: readonly KeywordKey[]): Steps<KeywordIndex> {
  const { patterns, byFold } = yield* grouped(keys);
  const folds: KeywordIndex[] = [];
  for (const own of byFold.values()) folds.push(yield* searchFold(own));
  const pattern = patterns.length === 0 ? null : yield* createPatternTable(patterns);
  return (text, found) => {
    for (const search of folds) search(text, found);
    pattern?.(text, found);
  };
}

/** Patterns, and all other keywords by their fold. */
function* grouped(keys: readonly KeywordKey[]) {
  const patterns: PatternKey[] = [];
  const byFold = new Map<string, KeywordKey[]>();
  yield* eachInSteps(keys, (each) => {
    const { options, keyword, key } = each;
    if (options.match === 'regex') patterns.push({ key, pattern: keyword, options });
    else listOf(byFold, `${options.caseSensitive} ${options.accents}`).push(each);
  });
  return { patterns, byFold };
}

/** A folded keyword and its required position in the text. */
interface Part {
  readonly key: number;
  readonly folded: string;
  readonly where: Exclude<KeywordOptions['match'], 'regex' | 'exact'>;
}

function* searchFold(keys: readonly KeywordKey[]): Steps<KeywordIndex> {
  const by: FoldOptions = keys[0]?.options ?? { caseSensitive: false, accents: false };
  const { whole, words, parts, typos } = yield* sorted(keys, by);
  const searches = [
    ...(whole.size > 0 ? [searchWhole(whole)] : []),
    ...(words.length > 0 ? [yield* createWordTable(words)] : []),
    ...(parts.length > 0 ? [yield* searchParts(parts)] : []),
  ];
  const typo = typos.length === 0 ? null : yield* createTypoTable(typos);
  return (text, found) => {
    const folded = text.folded(by);
    for (const search of searches) search(folded, found);
    typo?.(folded, text.words(by), found);
  };
}

interface Sorted {
  readonly whole: ReadonlyMap<string, readonly number[]>;
  readonly words: readonly WordKey[];
  readonly parts: readonly Part[];
  readonly typos: readonly TypoKey[];
}

/** Assigns each keyword to its fastest lookup: whole texts, words with letters, and all others. */
function* sorted(keys: readonly KeywordKey[], by: FoldOptions): Steps<Sorted> {
  const whole = new Map<string, number[]>();
  const words: WordKey[] = [];
  const parts: Part[] = [];
  const typos: TypoKey[] = [];
  yield* eachInSteps(keys, ({ key, keyword, options }) => {
    const { match } = options;
    const folded = fold(keyword, by);
    const shape = options.typos === 0 ? null : typoShape(folded, options.typos);
    if (shape) typos.push({ key, shape });
    if (match === 'exact') listOf(whole, folded).push(key);
    // The word table looks up whole runs of letters, but an attached article changes the run.
    else if (match === 'word' && hasRun(folded) && !mayCarryPrefix(folded)) words.push({ key, folded });
    else if (match !== 'regex') parts.push({ key, folded, where: match });
  });
  return { whole, words, parts, typos };
}

function listOf<T>(lists: Map<string, T[]>, name: string): T[] {
  const known = lists.get(name);
  if (known) return known;
  const fresh: T[] = [];
  lists.set(name, fresh);
  return fresh;
}

function searchWhole(keys: ReadonlyMap<string, readonly number[]>) {
  return (text: string, found: Found): void => {
    for (const key of keys.get(text) ?? []) found.add(key);
  };
}

function* searchParts(parts: readonly Part[]): Steps<(text: string, found: Found) => void> {
  const scan = yield* createAutomaton(parts.map(({ folded }) => folded));
  return (text, found) => {
    scan(text, (index, end) => {
      const { key, folded, where } = parts[index] as Part;
      if (!found.has(key) && stands(where, text, end - folded.length, end)) found.add(key);
    });
  };
}

function stands(where: Part['where'], text: string, start: number, end: number): boolean {
  switch (where) {
    case 'word':
      return isWordHit(text, start, end);
    case 'starts_with':
      return start === 0;
    case 'ends_with':
      return end === text.length;
    case 'contains':
      return true;
  }
}
