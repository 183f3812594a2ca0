import { eachInSteps, type Steps } from '../../domain/steps.js';
import { type KeywordOptions, patternsOf } from '../text/keywords.js';
import { compileRegex, compileRegexSet } from '../text/regex.js';
import type { MessageText } from '../text/text.js';
import { createAutomaton } from './automaton.js';
import type { Found } from './visited-set.js';
import { literalsOf } from './literals.js';

/** A regex keyword as written in the rule. */
export interface PatternKey {
  readonly key: number;
  readonly pattern: string;
  readonly options: KeywordOptions;
}

interface Form {
  readonly key: number;
  readonly pattern: string;
}

/** Number of patterns compiled per step. */
const PORTION = 10;

type Search = (text: string, found: Found) => void;

/**
 * Finds regex keywords. Each is searched for in the text as written and, where accents do not count, without
 * its accents in the text without accents; the second search is skipped if it would repeat the first.
 * Patterns that contain a literal string in every match are located by that string; only the others are run,
 * all in a few passes.
 */
export function* createPatternTable(
  keys: readonly PatternKey[],
): Steps<(text: MessageText, found: Found) => void> {
  const searches: Searches[] = [];
  for (const caseSensitive of [true, false]) {
    const own = keys.filter(({ options }) => options.caseSensitive === caseSensitive);
    if (own.length > 0) searches.push(yield* searchesFor(own, caseSensitive));
  }
  return (text, found) => {
    for (const { written, alike, stripped } of searches) {
      written(text.plain(), found);
      if (text.withoutAccents() !== text.plain()) alike(text.withoutAccents(), found);
      stripped(text.withoutAccents(), found);
    }
  };
}

interface Searches {
  readonly written: Search;
  readonly alike: Search;
  readonly stripped: Search;
}

function* searchesFor(keys: readonly PatternKey[], caseSensitive: boolean): Steps<Searches> {
  const written: Form[] = [];
  const alike: Form[] = [];
  const stripped: Form[] = [];
  const add = ({ key, pattern, options }: PatternKey): void => {
    const forms = patternsOf(pattern, options);
    written.push({ key, pattern: forms.written });
    if (forms.stripped === null || !compileRegex(forms.stripped, { caseSensitive }).ok) return;
    (forms.stripped === forms.written ? alike : stripped).push({ key, pattern: forms.stripped });
  };
  yield* eachInSteps(keys, add, PORTION);
  return {
    written: yield* searchFor(written, caseSensitive),
    alike: yield* searchFor(alike, caseSensitive),
    stripped: yield* searchFor(stripped, caseSensitive),
  };
}

function* searchFor(forms: readonly Form[], caseSensitive: boolean): Steps<Search> {
  const spoken = forms.flatMap(({ key, pattern }) =>
    (literalsOf(pattern) ?? []).map((literal) => ({ key, literal })),
  );
  const open = forms.filter(({ pattern }) => literalsOf(pattern) === null);
  const searches = [
    ...(spoken.length > 0 ? [yield* searchLiterals(spoken)] : []),
    ...(open.length > 0 ? [searchPatterns(open, caseSensitive)] : []),
  ];
  return (text, found) => {
    for (const search of searches) search(text, found);
  };
}

/**
 * Searches in lower case, which is also correct for patterns where case counts. The texts are NFKC, so only
 * ASCII letters become ASCII letters.
 */
function* searchLiterals(
  spoken: readonly { readonly key: number; readonly literal: string }[],
): Steps<Search> {
  const scan = yield* createAutomaton(spoken.map(({ literal }) => literal));
  return (text, found) => {
    scan(text.toLowerCase(), (index) => found.add(spoken[index]?.key ?? -1));
  };
}

/** Built on first use: most texts have no accents. */
function searchPatterns(forms: readonly Form[], caseSensitive: boolean): Search {
  let match: ((text: string) => number[]) | null = null;
  return (text, found) => {
    match ??= compileRegexSet(
      forms.map(({ pattern }) => pattern),
      { caseSensitive },
    );
    for (const place of match(text)) found.add(forms[place]?.key ?? -1);
  };
}
