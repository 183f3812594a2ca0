import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Automaton, createAutomaton } from '../../../src/engine/index/automaton.js';
import { chainsOf, powerOfTwo } from '../../../src/engine/index/chains.js';
import { createVisitedSet } from '../../../src/engine/index/visited-set.js';
import { createTypoTable } from '../../../src/engine/index/typo-table.js';
import { createWordTable, hasRun } from '../../../src/engine/index/word-table.js';
import { finish, type Steps } from '../../../src/domain/steps.js';
import { fold } from '../../../src/engine/text/normalise.js';
import { editsWithin, type TypoShape, typoShape } from '../../../src/engine/text/typos.js';
import { hasWord, type Span, spacedWords } from '../../../src/engine/text/words.js';

/** A small set of letters, of one and two code units, so that keywords and texts match often. */
const letter = fc.constantFrom('a', 'b', 'c', ' ', ' ', '-', '価', '가', '𐐀', '👍', '1');
const text = fc.array(letter, { maxLength: 14 }).map((letters) => fold(letters.join('')));
const keyword = fc
  .array(letter, { minLength: 1, maxLength: 5 })
  .map((letters) => fold(letters.join('')))
  .filter((each) => each !== '');

/** The hits, each as often as it was reported. */
function collector() {
  const found: number[] = [];
  return { found, add: (key: number) => void found.push(key), has: (key: number) => found.includes(key) };
}

function stepsIn(work: Steps<unknown>): number {
  let steps = 0;
  while (work.next().done !== true) steps += 1;
  return steps;
}

const unique = (numbers: readonly number[]): readonly number[] => [...new Set(numbers)].sort((a, b) => a - b);

describe('the table of keyword phrases', () => {
  const search = (keywords: readonly string[], asked: string): readonly number[] => {
    const { found, ...into } = collector();
    finish(createWordTable(keywords.map((folded, key) => ({ key, folded }))))(asked, into);
    return unique(found);
  };

  it('finds phrases exactly where a matcher does', () => {
    fc.assert(
      fc.property(fc.array(keyword.filter(hasRun), { minLength: 1, maxLength: 6 }), text, (all, asked) => {
        const wanted = all.flatMap((each, key) => (hasWord(asked, each) ? [key] : []));
        expect(search(all, asked)).toEqual(wanted);
      }),
      { numRuns: 400 },
    );
  });

  it('finds a phrase by a middle word when its first word is frequent', () => {
    const all = ['the price', 'the size', 'the colour', 'of the price', 'the'];
    expect(search(all, 'what is the price')).toEqual([0, 4]);
    expect(search(all, 'the price of the price list')).toEqual([0, 3, 4]);
    expect(search(all, 'the prices')).toEqual([4]);
  });

  it('does not search before the beginning of a text', () => {
    expect(search(['aa price'], 'price')).toEqual([]);
    expect(search(['aa price'], 'a price')).toEqual([]);
  });

  it('accepts phrases with a letter of a script with spaces', () => {
    expect(['price', '価格', '👍', '가격', '#guide', '👍 ok', '𐐀', '-'].map(hasRun)).toEqual([
      true,
      false,
      false,
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  it('looks up a phrase by its rarest word', () => {
    // Each text begins with the shared word. If phrases were filed under that word, each text would be compared with
    // each keyword.
    const all = Array.from({ length: 2_000 }, (_, n) => `price w${'abcdefghij'[n % 10]}${n}`);
    let compared = 0;
    const counted = all.map((folded, key) => ({
      key,
      get folded(): string {
        compared += 1;
        return folded;
      },
    }));
    const find = finish(createWordTable(counted));
    compared = 0;
    const { found, ...into } = collector();
    find('price price wa10 price', into);
    expect(found).toEqual([10]);
    expect(compared).toBeLessThan(10);
  });

  it('files a phrase under the longer of two equally rare words', () => {
    let compared = 0;
    const key = {
      key: 0,
      get folded(): string {
        compared += 1;
        return 'an offer';
      },
    };
    const find = finish(createWordTable([key]));
    compared = 0;
    find('an egg an ox an owl', collector());
    expect(compared).toBe(0);
    find('an offer', collector());
    expect(compared).toBe(1);
  });

  it('is built in steps of 500', () => {
    const all = Array.from({ length: 2_000 }, (_, key) => ({ key, folded: `w${key}` }));
    expect(stepsIn(createWordTable(all))).toBe(9);
  });
});

describe('the table of keywords with typos', () => {
  const shapesOf = (all: readonly string[], typos: number) =>
    all.flatMap((each, key) => {
      const shape = typoShape(each, typos);
      return shape ? [{ key, shape }] : [];
    });
  const search = (keys: readonly { key: number; shape: TypoShape }[], asked: string) => {
    const { found, ...into } = collector();
    finish(createTypoTable(keys))(asked, spacedWords(asked), into);
    return found;
  };
  const standsFor = ({ core, counts, most }: TypoShape, asked: string, words: readonly Span[]): boolean =>
    counts.some((count) =>
      words.some((first, at) => {
        const last = words[at + count - 1];
        return last !== undefined && editsWithin(core, asked.slice(first.start, last.end), most) <= most;
      }),
    );

  const typed = fc
    .array(fc.constantFrom('a', 'b', 'c'), { minLength: 2, maxLength: 9 })
    .map((letters) => letters.join(''));
  const phrase = fc.array(typed, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '));

  it('finds phrases of several words exactly where they occur, each once', () => {
    fc.assert(
      fc.property(
        fc.array(phrase, { minLength: 1, maxLength: 5 }),
        phrase,
        fc.constantFrom(1, 2),
        (all, asked, typos) => {
          const keys = shapesOf(all, typos);
          const words = spacedWords(asked);
          const wanted = keys.filter(({ shape }) => standsFor(shape, asked, words)).map(({ key }) => key);
          expect([...search(keys, asked)].sort((a, b) => a - b)).toEqual(wanted);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('finds a keyword of one word in no window of two, which another keyword needs', () => {
    expect([...search(shapesOf(['aa aa', 'aaaa'], 1), 'aa aa')]).toEqual([0]);
  });

  it.each([
    ['shipping', 'shippin', 1],
    ['shipping', 'shippingg', 1],
    ['shipping', 'shiping', 1],
    ['shipping', 'shhipping', 1],
    ['shipping', 'shippign', 1],
    ['shipping', 'hsipping', 1],
    ['shipping', 'shixping', 1],
    ['shipping', 'shipng', 2],
    ['shipping', 'sshippingg', 2],
    ['shipping', 'hsippign', 2],
    ['how much', 'hwo much', 1],
    ['how much', 'hw mch', 2],
  ] as const)('finds %s in %s with %d typos', (key, asked, typos) => {
    const keys = shapesOf([key], typos);
    expect(search(keys, asked)).toEqual([0]);
    expect(search(keys, `tell me ${asked} now`)).toEqual([0]);
  });

  it.each([
    ['shipping', 'shpng', 2],
    ['shipping', 'shipng', 1],
    ['shipping', 'skipped', 2],
    ['price', 'prc', 1],
    ['how much', 'how', 2],
  ] as const)('does not find %s in %s with %d typos', (key, asked, typos) => {
    expect(search(shapesOf([key], typos), asked)).toEqual([]);
  });

  it('looks up one and two edits separately', () => {
    const keys = shapesOf(['price', 'shipping cost'], 2);
    expect(keys.map(({ shape }) => shape.most)).toEqual([1, 2]);
    expect(search(keys, 'pric shiping cst')).toEqual([0, 1]);
    expect(search(keys, 'prc shiping cst')).toEqual([1]);
  });

  it('skips words much shorter or longer than all keywords', () => {
    let cut = 0;
    const asked = 'a muchlongerthananykeyword shipping b';
    const watched = { slice: (from: number, to: number) => ((cut += 1), asked.slice(from, to)) };
    const find = finish(createTypoTable(shapesOf(['shipping', 'postages'], 1)));
    const { found, ...into } = collector();
    find(watched as unknown as string, spacedWords(asked), into);
    expect(found).toEqual([0]);
    expect(cut).toBe(1);
  });
});

describe.each([
  ['small, with a row for each state', undefined],
  ['large, with hashed transitions', 0],
])('the keyword automaton: %s', (_, most) => {
  const hitsOf = (scan: Automaton, asked: string): string[] => {
    const hits: string[] = [];
    scan(asked, (pattern, end) => hits.push(`${pattern} ${end}`));
    return hits.sort();
  };

  it('reports every pattern where it ends, once', () => {
    fc.assert(
      fc.property(fc.array(keyword, { minLength: 1, maxLength: 8 }), text, (patterns, asked) => {
        const wanted = patterns.flatMap((pattern, index) =>
          Array.from({ length: asked.length }, (_, at) => at + 1)
            .filter((end) => end >= pattern.length && asked.slice(0, end).endsWith(pattern))
            .map((end) => `${index} ${end}`),
        );
        expect(hitsOf(finish(createAutomaton(patterns, most)), asked)).toEqual(wanted.sort());
      }),
      { numRuns: 400 },
    );
  });

  it('falls back to the longest suffix that begins a pattern', () => {
    const scan = finish(createAutomaton(['abcd', 'bce', 'bc', 'c', 'cex'], most));
    expect(hitsOf(scan, 'abcex')).toEqual(['1 4', '2 3', '3 3', '4 5']);
    expect(hitsOf(scan, 'ababcd')).toEqual(['0 6', '2 5', '3 5']);
  });

  it('handles many patterns with common prefixes and suffixes', () => {
    const patterns = Array.from({ length: 3_000 }, (_, n) => `k${n.toString(36)}z`);
    const scan = finish(createAutomaton(patterns, most));
    expect(hitsOf(scan, 'k1z k2z kzz')).toEqual(['1 3', '2 7', '35 11']);
    expect(hitsOf(scan, `k${(2_999).toString(36)}z`)).toEqual(['2999 5']);
  });

  it('handles more states than 16 bits can number', () => {
    const long = `${'ab'.repeat(40_000)}c`;
    const scan = finish(createAutomaton([long, 'bc'], most));
    expect(hitsOf(scan, `abc ${long}`)).toEqual(['0 80005', '1 3', '1 80005']);
  });
});

describe('hash chains', () => {
  const allUnder = (hashes: readonly number[], hash: number): number[] => {
    const values = hashes.map((_, place) => 100 + place);
    const chains = finish(chainsOf(Int32Array.from(hashes), Int32Array.from(values)));
    const found: number[] = [];
    for (let at = chains.first(hash); at !== -1; at = chains.next(at)) found.push(chains.valueOf(at));
    return found;
  };

  it('return exactly the entries of a hash, in order', () => {
    const hash = fc.oneof(fc.integer({ min: -6, max: 6 }), fc.integer());
    fc.assert(
      fc.property(fc.array(hash, { maxLength: 40 }), hash, (hashes, asked) => {
        const wanted = hashes.flatMap((each, place) => (each === asked ? [100 + place] : []));
        expect(allUnder(hashes, asked)).toEqual(wanted);
      }),
      { numRuns: 300 },
    );
  });

  it('return nothing for an unknown hash', () => {
    const chains = finish(chainsOf(Int32Array.from([5]), Int32Array.from([7])));
    expect(chains.valueOf(3)).toBe(-1);
    expect(chains.first(6)).toBe(-1);
  });

  it('are built in steps of 50,000', () => {
    expect(stepsIn(chainsOf(new Int32Array(120_001), new Int32Array(120_001)))).toBe(3);
    expect(stepsIn(chainsOf(new Int32Array(2), new Int32Array(2)))).toBe(1);
  });

  it('have a size of the next power of two', () => {
    expect([0, 8, 9, 16, 17, 1_000].map(powerOfTwo)).toEqual([8, 8, 16, 16, 32, 1_024]);
  });
});

describe('the visited set of the index', () => {
  it('keeps its entries until it is reset', () => {
    const marks = createVisitedSet(3);
    expect(marks.has(1)).toBe(false);
    expect(marks.mark(1)).toBe(true);
    expect([marks.has(0), marks.has(1), marks.mark(1), marks.mark(2)]).toEqual([false, true, false, true]);
    marks.renew();
    expect([marks.has(1), marks.has(2), marks.mark(1)]).toEqual([false, false, true]);
  });
});
