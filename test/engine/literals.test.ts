import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { literalsOf } from '../../src/engine/index/literals.js';
import { compileRegex } from '../../src/engine/text/regex.js';
import { draws } from '../draws.js';

describe('the required literals of a regular expression', () => {
  it.each([
    ['order (?P<number>\\d+)', ['order ']],
    ['(?i)Price', ['price']],
    ['\\bprices?\\b', ['price']],
    ['price|cost', ['price', 'cost']],
    ['(price|cost)s', ['price', 'cost']],
    ['(?:price|cost)+ now', [' now']],
    ['pri(ce)+', ['pri']],
    ['price{2,3}d', ['price']],
    ['[[:alpha:]\\]x]price', ['price']],
    ['\\p{Greek}price\\pL', ['price']],
    ['price*', ['pric']],
    ['(price)?cost', ['cost']],
    ['price{0}', ['pric']],
  ])('of %s are %j', (pattern, expected) => {
    expect(literalsOf(pattern)).toEqual(expected);
  });

  it.each([
    '',
    'ab',
    'price|\\d+',
    '(price)?',
    '(price|)',
    'abx?',
    '[price]',
    '\\x{70}rice',
    '\\Qprice\\E',
    'é+',
    '(?P<price>\\d)',
    '(?i',
    'a)price',
  ])('of %s are unknown', (pattern) => {
    expect(literalsOf(pattern)).toBeNull();
  });

  it.each([
    ['価格\\s+\\d+', ['価格']],
    ['(배송|السعر) ?no', ['배송', 'السعر']],
    ['価|格', null],
    ['価格?a', null],
    ['é価格price', ['価格price']],
    ['ⓐⓑ🔥é', null],
  ])('of %s are %j with letters without case', (pattern, expected) => {
    expect(literalsOf(pattern, true)).toEqual(expected);
  });

  const atom = fc.constantFrom(
    '価',
    'سعر',
    'a',
    'b',
    'ab',
    'abc',
    'bca',
    '.',
    '\\d',
    '\\b',
    '[ab]',
    '[^c]',
    '\\.',
    ' ',
    '^',
    '$',
  );
  const repeat = fc.constantFrom('', '', '', '?', '*', '+', '{2}', '{0,2}', '+?');
  const { pattern } = fc.letrec<{ pattern: string; part: string }>((tie) => ({
    part: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.tuple(atom, repeat).map((each) => each.join('')),
      fc
        .tuple(fc.constantFrom('(', '(?:', '(?P<x>', '(?i:'), tie('pattern'), repeat)
        .map(([open, inner, times]) => `${open}${inner})${times}`),
    ),
    pattern: fc.oneof(
      fc.array(tie('part'), { minLength: 1, maxLength: 5 }).map((parts) => parts.join('')),
      fc.tuple(tie('part'), tie('part')).map((each) => each.join('|')),
    ),
  }));
  const text = fc.array(fc.constantFrom('a', 'b', 'c', 'A', 'abc', 'bca', ' ', '1', '.', '価', 'سعر'), {
    maxLength: 12,
  });

  it('are in every text that the pattern matches', () => {
    fc.assert(
      fc.property(pattern, text, fc.boolean(), (wanted, parts, uncased) => {
        const regex = compileRegex(wanted, { caseSensitive: false });
        const needs = literalsOf(wanted, uncased);
        const said = parts.join('');
        if (!regex.ok || needs === null || !regex.find(said)) return;
        expect(needs.some((each) => said.toLowerCase().includes(each))).toBe(true);
      }),
      { numRuns: draws(5_000) },
    );
  });
});
