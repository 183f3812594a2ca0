import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileKeyword } from '../../src/engine/text/keywords.js';
import { MessageText } from '../../src/engine/text/text.js';
import { covers, implies, isContradiction, type Term, type Terms } from '../../src/lint/terms.js';
import { draws } from '../draws.js';

const WORDS = [
  'price',
  'price list',
  'list',
  'Prices',
  'été',
  'ete',
  'c++',
  '价格',
  '가격',
  '가격이',
  '👍',
  '🇫🇷',
  '🇫🇷🇩🇪',
  "l'été",
  'hi',
  'سعر',
  'السعر',
  'سعر جديد',
];
const word = fc.constantFrom(...WORDS);
const text = fc
  .array(fc.oneof(word, fc.constantFrom(' ', ' ', 'x', '!', '的', 'ب', 'ال')), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(''));
const options = fc.record({
  match: fc.constantFrom('word', 'word', 'contains', 'exact', 'starts_with', 'ends_with', 'regex'),
  typos: fc.constantFrom(0, 0, 1, 2),
  caseSensitive: fc.constantFrom(false, false, true),
  accents: fc.constantFrom(false, false, true),
});
const term: fc.Arbitrary<Term> = fc.tuple(word, options).map(([keyword, drawn]) => ({
  keyword: drawn.match === 'regex' ? keyword.replaceAll('+', String.raw`\+`) : keyword,
  options: { ...drawn, typos: drawn.match === 'word' ? drawn.typos : 0 },
}));
const terms: fc.Arbitrary<Terms> = fc.record({
  any: fc.array(term, { maxLength: 2 }),
  all: fc.array(term, { maxLength: 2 }),
  none: fc.array(term, { maxLength: 2 }),
});

const isIn = ({ keyword, options: how }: Term, said: string): boolean =>
  compileKeyword(keyword, how)(new MessageText(said)) !== null;
const fulfils = ({ any, all, none }: Terms, said: string): boolean =>
  (any.length === 0 || any.some((each) => isIn(each, said))) &&
  all.every((each) => isIn(each, said)) &&
  !none.some((each) => isIn(each, said));

describe("lint's proofs about keywords hold for every text:", { timeout: 90_000 }, () => {
  it('a keyword that implies another', () => {
    let proved = 0;
    fc.assert(
      fc.property(term, term, fc.array(text, { minLength: 10, maxLength: 10 }), (b, a, texts) => {
        if (!implies(b, a)) return;
        proved += 1;
        for (const said of [
          ...texts,
          b.keyword,
          `x${b.keyword}`,
          `${b.keyword}x`,
          `${b.keyword} ${a.keyword}`,
        ]) {
          expect([said, isIn(b, said) && !isIn(a, said)]).toEqual([said, false]);
        }
      }),
      { numRuns: draws(25_000), seed: 4 },
    );
    expect(proved).toBeGreaterThan(150);
  });

  it('a condition that covers another, and one that no text can meet', () => {
    let proved = 0;
    fc.assert(
      fc.property(terms, terms, fc.array(text, { minLength: 15, maxLength: 15 }), (a, b, texts) => {
        const isCovered = covers(a, b);
        const isImpossible = isContradiction(b);
        if (isCovered || isImpossible) proved += 1;
        const all = [...b.any, ...b.all, ...a.none].map(({ keyword }) => keyword);
        for (const said of [...texts, all.join(' '), ...all]) {
          if (!fulfils(b, said)) continue;
          expect([said, isImpossible]).toEqual([said, false]);
          expect([said, isCovered && !fulfils(a, said)]).toEqual([said, false]);
        }
      }),
      { numRuns: draws(4_000), seed: 4 },
    );
    expect(proved).toBeGreaterThan(200);
  });
});

const plain = (keyword: string, match: Term['options']['match'] = 'word', typos: 0 | 1 | 2 = 0): Term => ({
  keyword,
  options: { match, typos, caseSensitive: false, accents: false },
});

describe('lint proves that', () => {
  it.each<[string, Term, Term]>([
    ['a phrase implies its words', plain('the price list'), plain('PRICE')],
    ['a word implies its parts', plain('shipping'), plain('ship', 'contains')],
    ['a whole text implies its words', plain('price list', 'exact'), plain('list')],
    [
      'a whole text with a typo implies a keyword that tolerates the typo',
      plain('prize', 'exact'),
      plain('price', 'word', 1),
    ],
    [
      'a beginning implies a shorter beginning',
      plain('order 1', 'starts_with'),
      plain('order', 'starts_with'),
    ],
    ['an end implies a shorter end', plain('1?', 'ends_with'), plain('?', 'ends_with')],
    [
      'a keyword with one typo implies the same with two',
      plain('shipping', 'word', 1),
      plain('shipping', 'word', 2),
    ],
    ['a pattern implies itself', plain('pri(c|z)e', 'regex'), plain('pri(c|z)e', 'regex')],
  ])('%s', (_, b, a) => {
    expect(implies(b, a)).toBe(true);
    expect(implies(a, b)).toBe(b.keyword === a.keyword && b.options.typos === a.options.typos);
  });
});
