import { eachInSteps, type Steps } from '../../domain/steps.js';
import { editsWithin, type TypoShape } from '../text/typos.js';
import type { Span } from '../text/words.js';
import { chainsOf } from './chains.js';
import type { Found } from './visited-set.js';

/** A folded keyword that tolerates typos. */
export interface TypoKey {
  readonly key: number;
  readonly shape: TypoShape;
}

type TypoSearch = (text: string, words: readonly Span[], found: Found) => void;

const BASE = 0x01000193;

/**
 * Finds keywords in windows of as many words as the keyword has, tolerating typos. Two strings at a distance
 * of `n` edits become equal when at most `n` characters are deleted from each, since an insertion deletes one
 * from one side, a substitution or a swap one from each. So each keyword is stored under the hashes of all
 * its remainders, and a text's words are looked up in the same way: the cost does not grow with the number of
 * keywords.
 */
export function* createTypoTable(keys: readonly TypoKey[]): Steps<TypoSearch> {
  const searches: TypoSearch[] = [];
  for (const most of [1, 2]) {
    const own = keys.filter(({ shape }) => shape.most === most);
    if (own.length > 0) searches.push(yield* searchFor(own, most));
  }
  return (text, words, found) => {
    for (const search of searches) search(text, words, found);
  };
}

function* searchFor(keys: readonly TypoKey[], most: number): Steps<TypoSearch> {
  const hashes: number[] = [];
  const values: number[] = [];
  let longest = 0;
  yield* eachInSteps(keys, ({ shape }, index) => {
    longest = Math.max(longest, shape.core.length);
    eachRemainder(shape.core, most, (hash) => {
      hashes.push(hash);
      values.push(index);
    });
  });
  const table = yield* chainsOf(Int32Array.from(hashes), Int32Array.from(values));
  const shortest = keys.reduce((least, { shape }) => Math.min(least, shape.core.length), Infinity);
  const counts = [...new Set(keys.flatMap(({ shape }) => shape.counts))];

  yield;
  return (text, words, found) => {
    for (const count of counts) {
      for (let first = 0; first + count <= words.length; first += 1) {
        const start = words[first]?.start ?? 0;
        const end = words[first + count - 1]?.end ?? 0;
        if (end - start > longest + most || end - start < shortest - most) continue;
        const window = text.slice(start, end);
        eachRemainder(window, most, (hash) => {
          for (let entry = table.first(hash); entry !== -1; entry = table.next(entry)) {
            const { key, shape } = keys[table.valueOf(entry)] as TypoKey;
            // Windows of this number of words may be searched for another keyword only.
            if (found.has(key) || !shape.counts.includes(count)) continue;
            if (editsWithin(shape.core, window, most) <= most) found.add(key);
          }
        });
      }
    }
  };
}

/** Visits the hash of the text and of every remainder with one or, if `most` is 2, two code units deleted. */
function eachRemainder(text: string, most: number, visit: (hash: number) => void): void {
  const { length } = text;
  // prefixes[i] is the hash of the first i units, powers[i] is BASE to the power of i. The hash of a
  // substring follows from both.
  const prefixes = new Int32Array(length + 1);
  const powers = new Int32Array(length + 1);
  powers[0] = 1;
  for (let at = 0; at < length; at += 1) {
    prefixes[at + 1] = (Math.imul(prefixes[at] ?? 0, BASE) + text.charCodeAt(at)) | 0;
    powers[at + 1] = Math.imul(powers[at] ?? 0, BASE);
  }
  /** Extends a hash by the units from `from` to `to`. */
  const append = (hash: number, from: number, to: number): number => {
    const power = powers[to - from] ?? 0;
    return (Math.imul(hash, power) + (prefixes[to] ?? 0) - Math.imul(prefixes[from] ?? 0, power)) | 0;
  };
  visit(prefixes[length] ?? 0);
  for (let left = 0; left < length; left += 1) {
    const before = prefixes[left] ?? 0;
    visit(append(before, left + 1, length));
    if (most < 2) continue;
    for (let right = left + 1; right < length; right += 1) {
      visit(append(append(before, left + 1, right), right + 1, length));
    }
  }
}
