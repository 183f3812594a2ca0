import { hasUnspaced, isWordHit, type Span, spacedWords } from './words.js';

const LEAST_LENGTH = 4;
const LENGTH_FOR_TWO = 8;
const DIGIT = /\p{N}/u;

/**
 * A keyword split for typo search: typos are tolerated from its first word to its last, not in the signs
 * around them.
 */
export interface TypoShape {
  readonly before: string;
  readonly core: string;
  readonly after: string;
  /** Numbers of consecutive words that are compared with the core. */
  readonly counts: readonly number[];
  readonly most: number;
}

/**
 * Number of edits tolerated in a folded keyword if its rule allows `typos`: none below 4 characters, 1 from
 * 4, 2 from 8, never more than `typos`. None in scripts without spaces, where words have no ends to compare;
 * none in keywords with a digit, where another digit is another thing. Signs around the words (`#guide`) do
 * not count.
 */
export function forgivenTypos(keyword: string, typos: 0 | 1 | 2): number {
  return typoShape(keyword, typos)?.most ?? 0;
}

/**
 * Prepares the search for a folded keyword with typos; null if it tolerates none. The search takes a text
 * with the same fold and its words, and returns the fewest edits between the keyword and the same number of
 * consecutive words; null if there is no match. Zero is possible if the words are equal. `don't` is also
 * compared with `dont`.
 */
export function compileTypos(
  keyword: string,
  typos: 0 | 1 | 2,
): ((text: string, words: readonly Span[]) => number | null) | null {
  const shape = typoShape(keyword, typos);
  return shape && ((text, words) => fewestEdits(shape, text, words));
}

/** The shape of a folded keyword; null if it tolerates no typos. */
export function typoShape(keyword: string, typos: number): TypoShape | null {
  const words = spacedWords(keyword);
  const first = words[0];
  const last = words.at(-1);
  if (!first || !last || hasUnspaced(keyword)) return null;
  const core = keyword.slice(first.start, last.end);
  const most = Math.min(typos, mostFor(core));
  if (most === 0) return null;
  return {
    before: keyword.slice(0, first.start),
    core,
    after: keyword.slice(last.end),
    counts: [...new Set([words.length, core.split(' ').length])],
    most,
  };
}

function mostFor(core: string): number {
  const length = Array.from(core).length;
  if (length < LEAST_LENGTH || DIGIT.test(core)) return 0;
  return length < LENGTH_FOR_TWO ? 1 : 2;
}

function fewestEdits(shape: TypoShape, text: string, words: readonly Span[]): number | null {
  let fewest = shape.most + 1;
  for (const count of shape.counts) {
    for (let i = 0; i + count <= words.length; i += 1) {
      const start = words[i]?.start ?? 0;
      const end = words[i + count - 1]?.end ?? 0;
      if (!standsAround(shape, text, start, end)) continue;
      fewest = Math.min(fewest, editsWithin(shape.core, text.slice(start, end), fewest - 1));
      if (fewest === 0) return 0;
    }
  }
  return fewest > shape.most ? null : fewest;
}

function standsAround(
  { before, core, after, most }: TypoShape,
  text: string,
  start: number,
  end: number,
): boolean {
  if (Math.abs(end - start - core.length) > most) return false;
  const from = start - before.length;
  if (!text.startsWith(before, from) || !text.startsWith(after, end)) return false;
  return isWordHit(text, from, end + after.length);
}

/**
 * The optimal string alignment distance of two strings in code units: an insertion, deletion, substitution or
 * transposition of neighbours counts one. A result above `most` only means "more than `most`".
 */
export function editsWithin(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  const shorter = Math.min(a.length, b.length);
  let same = 0;
  while (same < shorter && a.charCodeAt(same) === b.charCodeAt(same)) same += 1;
  // Equal letters at both ends are skipped, all but one: a swap looks back one letter.
  const from = Math.max(0, same - 1);
  return from === 0 ? distance(a, b, most) : distance(a.slice(from), b.slice(from), most);
}

/**
 * Computes only the diagonals near the middle: a path that strays further than `most` has more edits than
 * that.
 */
function distance(a: string, b: string, most: number): number {
  let older: number[] = [];
  let old = Array.from({ length: Math.min(b.length, most) + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    let least = i;
    const last = Math.min(b.length, i + most);
    for (let j = Math.max(1, i - most); j <= last; j += 1) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      let cost = Math.min(at(old, j) + 1, at(row, j - 1) + 1, at(old, j - 1) + (same ? 0 : 1));
      if (isSwap(a, b, i, j)) cost = Math.min(cost, at(older, j - 2) + 1);
      row[j] = cost;
      least = Math.min(least, cost);
    }
    // A swap continues from two rows back, so one row above the bound is not sufficient to stop; `most + 1`
    // is.
    if (least > most + 1) return most + 1;
    older = old;
    old = row;
  }
  return at(old, b.length);
}

function isSwap(a: string, b: string, i: number, j: number): boolean {
  // For an index before the first letter charCodeAt returns NaN, which equals nothing.
  return a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
