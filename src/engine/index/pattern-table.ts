import { eachInSteps, type Steps } from '../../domain/steps.js';
import { type KeywordOptions, patternsOf } from '../text/keywords.js';
import { type CompiledRegex, compileRegex, compileRegexSet } from '../text/regex.js';
import type { MessageText } from '../text/text.js';
import { createAutomaton } from './automaton.js';
import { createVisitedSet, type Found } from './visited-set.js';
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
 * Patterns that contain a literal string in every match are located by that string, in one pass for all; the
 * few without any are run, in a few passes.
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
  const literals: Literal[] = [];
  const open: Form[] = [];
  for (const { key, pattern } of forms) {
    const own = literalsOf(pattern);
    const found = own ?? literalsOf(pattern, true);
    const confirms = own ? null : testOf(pattern, caseSensitive);
    if (found === null) open.push({ key, pattern });
    else literals.push(...found.map((literal) => ({ key, literal, confirms })));
  }
  const searches = [
    ...(literals.length > 0 ? [yield* searchLiterals(literals)] : []),
    ...(open.length > 0 ? [searchPatterns(open, caseSensitive)] : []),
  ];
  return (text, found) => {
    for (const search of searches) search(text, found);
  };
}

/** A string that every match of a pattern contains. */
interface Literal {
  readonly key: number;
  readonly literal: string;
  /** Runs the pattern; null if the literal suffices for a candidate. */
  readonly confirms: ((text: string) => boolean) | null;
}

/** Compiled on first use: most texts contain no literal of most patterns. */
function testOf(pattern: string, caseSensitive: boolean): (text: string) => boolean {
  let regex: CompiledRegex | null = null;
  return (text) => {
    regex ??= compileRegex(pattern, { caseSensitive });
    return regex.ok && regex.find(text) !== null;
  };
}

/**
 * Searches in lower case, which is also correct for patterns where case counts. The texts are NFKC, so only
 * ASCII letters become ASCII letters.
 */
function* searchLiterals(literals: readonly Literal[]): Steps<Search> {
  const scan = yield* createAutomaton(literals.map(({ literal }) => literal));
  const tried = createVisitedSet(literals.length);
  return (text, found) => {
    tried.renew();
    scan(text.toLowerCase(), (index) => {
      const { key, confirms } = literals[index] as Literal;
      if (found.has(key) || !tried.mark(index)) return;
      if (confirms === null || confirms(text)) found.add(key);
    });
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
