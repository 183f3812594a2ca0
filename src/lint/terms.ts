// Static analysis of keywords, without a text.
import type { KeywordSpec, MatchMode } from '../domain/rule.js';
import { compileKeyword, type KeywordOptions } from '../engine/text/keywords.js';
import { fold } from '../engine/text/normalise.js';
import { MessageText } from '../engine/text/text.js';
import { hasWord, mayCarryPrefix } from '../engine/text/words.js';

/** A keyword with its match options. */
export interface Term {
  readonly keyword: string;
  readonly options: KeywordOptions;
}

/** Requirements of a keyword condition: at least one of `any`, each of `all`, none of `none`. */
export interface Terms {
  readonly any: readonly Term[];
  readonly all: readonly Term[];
  readonly none: readonly Term[];
}

export function termsOf(spec: KeywordSpec): Terms {
  const options = { ...spec, typos: spec.match === 'word' ? spec.typos : (0 as const) };
  const term = (keyword: string): Term => ({ keyword, options });
  return { any: spec.any.map(term), all: spec.all.map(term), none: spec.none.map(term) };
}

/**
 * True if every text that matches `b` matches `a` as well. False if not, or if it cannot be proved: other
 * options for case, accents, links and prefixes, other regular expressions.
 */
export function implies(b: Term, a: Term): boolean {
  const [by, to] = [b.options, a.options];
  if (by.caseSensitive !== to.caseSensitive || by.accents !== to.accents) return false;
  if (by.in !== to.in || by.attached !== to.attached) return false;
  if (by.match === 'regex' || to.match === 'regex') return by.match === to.match && b.keyword === a.keyword;
  const [said, wanted] = [fold(b.keyword, by), fold(a.keyword, by)];
  if (said === wanted && by.match === to.match) return to.typos >= by.typos;
  if (by.typos > 0) return false;
  // `exact` fixes the whole text, so the other keyword's matcher can decide; it gets the folded text.
  if (by.match === 'exact') return compileKeyword(a.keyword, to)(new MessageText(b.keyword)) !== null;
  return holdsAPart(said, by.match, wanted, to);
}

/** True if a match in one mode implies a match in another. */
function holdsAPart(
  said: string,
  found: MatchMode,
  wanted: string,
  { match, attached }: KeywordOptions,
): boolean {
  switch (match) {
    case 'contains':
      return said.includes(wanted);
    case 'word':
      // Flags are read in pairs from the left, so a character before `said` could split a flag inside it.
      return (
        found === 'word' &&
        // A keyword with an Arabic article is not proved to match: a text may have another prefix before it.
        hasWord(said, wanted, mayCarryPrefix(wanted) ? false : attached) &&
        !/[\u{1F1E6}-\u{1F1FF}]/u.test(said)
      );
    case 'starts_with':
      return found === 'starts_with' && said.startsWith(wanted);
    case 'ends_with':
      return found === 'ends_with' && said.endsWith(wanted);
    default:
      return false;
  }
}

/** True if every text that fulfils `b` fulfils `a`. */
export function covers(a: Terms, b: Terms): boolean {
  const isSaid = (wanted: Term): boolean =>
    b.all.some((term) => implies(term, wanted)) ||
    (b.any.length > 0 && b.any.every((term) => implies(term, wanted)));
  const isOneSaid =
    a.any.length === 0 ||
    a.any.some(isSaid) ||
    (b.any.length > 0 && b.any.every((term) => a.any.some((wanted) => implies(term, wanted))));
  const isNeverSaid = (unwanted: Term): boolean => b.none.some((term) => implies(unwanted, term));
  return isOneSaid && a.all.every(isSaid) && a.none.every(isNeverSaid);
}

/** True if no text can fulfil it: a required keyword contains a forbidden one. */
export function isContradiction({ any, all, none }: Terms): boolean {
  const isForbidden = (term: Term): boolean => none.some((unwanted) => implies(term, unwanted));
  return all.some(isForbidden) || (any.length > 0 && any.every(isForbidden));
}
