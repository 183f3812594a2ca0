import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../src/domain/limits.js';
import { compileRegex } from '../../../src/engine/text/regex.js';

const LOOSE = { caseSensitive: false };

function found(pattern: string, text: string, options = LOOSE): Record<string, string> | null {
  const regex = compileRegex(pattern, options);
  if (!regex.ok) throw new Error(regex.error);
  return regex.find(text)?.groups ?? null;
}

function errorOf(pattern: string): string | null {
  const regex = compileRegex(pattern, LOOSE);
  return regex.ok ? null : regex.error;
}

describe('a regular expression of a rule', () => {
  it('is found anywhere in the text', () => {
    expect(found('pri[cz]e', 'the prize is')).toEqual({});
    expect(found('pri[cz]e', 'the pride is')).toBeNull();
  });

  it('ignores case in every script by default', () => {
    expect(found('цена', 'ЦЕНА')).toEqual({});
    expect(found('цена', 'ЦЕНА', { caseSensitive: true })).toBeNull();
  });

  it('returns its named groups, without unmatched ones', () => {
    expect(found('order (?P<number>\\d+)|ticket (?P<ticket>\\d*)', 'my order 42')).toEqual({ number: '42' });
    expect(found('ticket (?<ticket>\\d*)', 'ticket ?')).toEqual({ ticket: '' });
  });

  it('accepts group names such as __proto__', () => {
    const groups = found('(?<__proto__>a)', 'a');
    expect(Object.keys(groups ?? {})).toEqual(['__proto__']);
  });

  it('keeps no state between texts', () => {
    const regex = compileRegex('(?<n>\\d)', LOOSE);
    const seen = ['1', 'x', '2', '2'].map((text) =>
      regex.ok ? (regex.find(text)?.groups.n ?? null) : 'broken',
    );
    expect(seen).toEqual(['1', null, '2', '2']);
  });
});

describe('an unsupported regular expression', () => {
  it.each([
    ['look-ahead', 'price(?=s)', /look-ahead and look-behind are not supported.*`\(\?=/],
    ['negative look-ahead', 'price(?!s)', /look-ahead and look-behind are not supported/],
    ['look-behind', '(?<=a)b', /look-ahead and look-behind are not supported/],
    ['negative look-behind', '(?<!a)b', /look-ahead and look-behind are not supported/],
    ['a back-reference', '(a)\\1', /back-references are not supported.*`\\1`/],
    ['a back-reference by name', '(?<n>a)\\k<n>', /back-references are not supported/],
    ['a back-reference of Python', '(?P<n>a)(?P=n)', /back-references are not supported.*`\(\?P`/],
    ['an atomic group', '(?>a)', /atomic groups/],
    ['a possessive repeat', 'a++', /possessive repeats/],
    ['a condition', '(?(1)a|b)', /conditions inside a pattern/],
    ['an escape of JavaScript', '\\u00e9', /write the character itself/],
    ['a bracket that is not closed', '[a', /missing closing \].*`\[a`/],
    ['a parenthesis that is not closed', '(a', /missing closing \)/],
    ['a repeat of nothing', '*a', /missing argument to repetition operator/],
    ['a backslash at the end', 'a\\', /trailing backslash/],
    ['a repeat over a thousand', 'a{1001}', /invalid repeat count/],
    ['repeats that make it slow', '.{1000}.{1000}.{1000}', /repeats too much/],
    ['one repeat that makes it slow', '[\\pL]{0,300}=', /repeats too much: use smaller numbers/],
    ['a slow repeat in a named group', '(?<n>.{0,100})', /repeats too much for its groups: use smaller/],
    ['recursion', '(?R)', /recursion is not supported/],
    ['recursion to a group', '(?1)', /recursion is not supported/],
    ['a comment', 'a(?#b)', /comments and free spacing are not supported/],
    ['free spacing', '(?x)a b', /comments and free spacing are not supported/],
    ['the branch reset', '(?|a|b)', /branch reset is not supported/],
    ["a group's name in quotes", "(?'n'a)", /write \(\?<name>…\)/],
    ["a group's name with an accent", '(?<é>a)', /letters a to z, digits and _/],
    ['the end of the text, as Python writes it', 'a\\Z', /write \$ or \\z/],
    ['an escape of other engines', 'a\\R', /write \\s for white space/],
    ['an unknown class', '\\p{Letter}', /write \\pL for letters/],
    ['an unknown flag', '(?u)a', /unsupported Perl syntax at `\(\?u`/],
    ['a group with a good name that is not closed', '(?<n>a', /missing closing \) at `\(\?<n>a`/],
    ['two groups with the same name', '(?<n>a)(?<n>b)', /duplicate capture group name/],
  ])('is refused for %s', (_, pattern, sentence) => {
    expect(errorOf(pattern)).toMatch(sentence);
  });

  it("is refused with the place in the rule's own pattern", () => {
    const about = (place: string) =>
      `the pattern does not compile, missing closing ) at \`${place}\`: fix it there`;
    expect(errorOf('price (')).toBe(about('price ('));
    expect(errorOf(`${'a'.repeat(39)}(`)).toBe(about(`${'a'.repeat(39)}(`));
    expect(errorOf(`${'a'.repeat(40)}(`)).toBe(about(`${'a'.repeat(40)}…`));
    expect(errorOf('a(?i)(')).toBe(about('a(?i)('));
    expect(errorOf('a\\')).toBe(
      'the pattern does not compile, trailing backslash at end of expression: fix it there',
    );
  });

  it('is refused when it is too long', () => {
    expect(errorOf('a'.repeat(LIMITS.regexLength + 1))).toMatch(/501 characters, more than 500/);
    expect(errorOf('a'.repeat(LIMITS.regexLength))).toBeNull();
  });
});

describe('a regular expression with exponential time in backtracking engines', () => {
  it.each([
    ['(a+)+$', 'a'.repeat(19_999) + '!'],
    ['^(\\w+\\s?)*$', 'word '.repeat(4_000) + '!'],
    ['.*.*.*=.*', 'x'.repeat(20_000)],
    ['(a|aa)+$', 'a'.repeat(19_999) + '!'],
    ['\\s+$', ' '.repeat(19_999) + '!'],
    ['(?<all>(a+)+)$', 'a'.repeat(19_999) + '!'],
  ])('ends on 20,000 characters: %s', (pattern, text) => {
    expect(found(pattern, text)).toBeNull();
  });
});
