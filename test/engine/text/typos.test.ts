import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileTypos, editsWithin, forgivenTypos } from '../../../src/engine/text/typos.js';
import { spacedWords } from '../../../src/engine/text/words.js';

function typosIn(text: string, keyword: string, typos: 0 | 1 | 2): number | null {
  return compileTypos(keyword, typos)?.(text, spacedWords(text)) ?? null;
}

/** The edit distance by its definition, without the optimizations. */
function plainDistance(a: string, b: string, i = a.length, j = b.length): number {
  if (i === 0 || j === 0) return i + j;
  const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
  return Math.min(
    plainDistance(a, b, i - 1, j) + 1,
    plainDistance(a, b, i, j - 1) + 1,
    plainDistance(a, b, i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
    swapped ? plainDistance(a, b, i - 2, j - 2) + 1 : Infinity,
  );
}

describe('the number of typos tolerated in a keyword', () => {
  it.each([
    ['none for less than four letters', 'faq', 2, 0],
    ['one from four letters', 'info', 2, 1],
    ['one up to seven letters', 'pricing', 2, 1],
    ['two from eight letters', 'shipping', 2, 2],
    ['never more than the rule allows', 'shipping', 1, 1],
    ['none where the rule allows none', 'shipping', 0, 0],
    ['based on the letters of all words together', 'how much', 2, 2],
    ['based on letters without symbols', '#faq', 2, 0],
    ['none with digits, since another digit means another thing', 'iphone 15', 2, 0],
    ['none in Chinese', '多少钱多少钱', 2, 0],
    ['none where a part is Chinese', 'price价格', 2, 0],
    ['one in a word of Hangul', '안녕하세요', 2, 1],
    ['none where there is no letter', '👍👍👍👍', 2, 0],
  ] as const)('is %s', (_, keyword, typos, expected) => {
    expect(forgivenTypos(keyword, typos)).toBe(expected);
    expect(compileTypos(keyword, typos) === null).toBe(expected === 0);
  });
});

describe('a keyword with typos', () => {
  it.each([
    ['a missing letter', 'the prce please', 'price', 1],
    ['a letter too many', 'the pricee please', 'price', 1],
    ['another letter', 'the prize please', 'price', 1],
    ['two letters swapped, as one typo', 'the pirce please', 'price', 1],
    ['a wrong first letter', 'the orice please', 'price', 1],
    ['two typos in a long word', 'fast shpiing', 'shipping', 2],
    ['a typo in one of two words', 'hwo much is it', 'how much', 1],
    ['another sign between two words', 'how-much is it', 'how much', 1],
    ['a forgotten apostrophe', 'i dont care', "don't", 1],
    ['an accent-folded word after an elision', "l'hotl", 'hotel', 1],
    ['a word with a Korean particle', 'pric가', 'price', 1],
    ['another syllable of Hangul', '네 안녕하세오', '안녕하세요', 1],
    ['a keyword with a symbol before it', 'send #giude', '#guide', 1],
    ['a keyword with symbols after it', 'a giude++ now', 'guide++', 1],
    ['the nearest of several words', 'pric prrrice price', 'price', 0],
  ] as const)('matches %s', (_, text, keyword, edits) => {
    expect(typosIn(text, keyword, 2)).toBe(edits);
  });

  it.each([
    ['a word two typos away from a short keyword', 'prcie', 'price', 1, 1],
    ['a word with too many typos', 'prrcee', 'price', 2, null],
    ['a part of a longer word', 'shippingcosts', 'shipping', 2, null],
    ['fewer words than the keyword has', 'much', 'how much', 2, null],
    ['the word without its sign', 'send giude', '#guide', 2, null],
    ['a word at the start, where the sign has no room', 'giude', '#guide', 2, null],
    ['the word with other signs after it', 'a giude+- now', 'guide++', 2, null],
    ['the word whose symbol continues into another word', 'the giude#x', 'guide#', 2, 1],
    ['an empty text', '', 'price', 2, null],
  ] as const)('matches or refuses %s as expected', (...[, text, keyword, typos, expected]) => {
    expect(typosIn(text, keyword, typos)).toBe(expected);
  });
});

describe('the edit distance of two words', () => {
  it('equals the definition up to the bound, and exceeds the bound beyond', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 4 }), (a, b, most) => {
        const real = plainDistance(a, b);
        const found = editsWithin(a, b, most);
        if (real <= most) expect(found).toBe(real);
        else expect(found).toBeGreaterThan(most);
      }),
      { numRuns: 2_000 },
    );
  });
});
