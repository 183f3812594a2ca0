import { describe, expect, it } from 'vitest';
import { checkKeyword, compileKeyword } from '../../../src/engine/text/keywords.js';
import { MessageText } from '../../../src/engine/text/text.js';
import { ATTACKS } from '../../vectors/catastrophic.js';

const REGEX = { match: 'regex', typos: 0, caseSensitive: false, accents: false } as const;

describe('a published catastrophic regular expression', () => {
  // The time limit of the test ends a hang; `npm run bench:pauses` prints how long each takes.
  it.each(ATTACKS)('ends in linear time on 30 and 20,000 characters: $pattern', ({ pattern, text }) => {
    expect(checkKeyword(pattern, REGEX)).toBeNull();
    const find = compileKeyword(pattern, REGEX);
    for (const length of [30, 20_000]) {
      const found = find(new MessageText(text(length)));
      expect([null, pattern]).toContain(found?.keyword ?? null);
    }
  });

  it('still matches ordinary text', () => {
    const found = ATTACKS.filter(({ pattern }) => compileKeyword(pattern, REGEX)(new MessageText('aaa')));
    expect(found.map(({ pattern }) => pattern)).toEqual(
      expect.arrayContaining(['(a+)+$', '([a-zA-Z]+)*$', '(a|aa)+$', '^(a+)+$', '^(\\w+\\s?)*$']),
    );
  });
});
