import { describe, expect, it } from 'vitest';
import { harmlessName } from '../../../src/actions/compose/harmless.js';
import { checkKeyword, compileKeyword } from '../../../src/engine/text/keywords.js';
import { fold } from '../../../src/engine/text/normalise.js';
import { MessageText } from '../../../src/engine/text/text.js';
import { hasWord, isWordHit } from '../../../src/engine/text/words.js';
import { wordBreakCases } from '../../vectors/word-break.js';

const CASES = wordBreakCases();
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
/** Characters that form words in scripts with spaces. */
const SPACED = /^(?!\p{Script=Han}|\p{Script=Katakana}|\p{Script=Hiragana}|\u3031)[\p{L}\p{N}_]$/u;

describe("the texts of Unicode's WordBreakTest", () => {
  it('are loaded', () => {
    expect(CASES).toHaveLength(1_823);
  });

  it('contain every word that Unicode defines', () => {
    const missed = CASES.flatMap(({ line, text, breaks }) => {
      const words = breaks.slice(1).map((end, index) => text.slice(breaks[index], end));
      const said = words.filter((word) => LETTER_OR_DIGIT.test(word));
      return said.filter((word) => !hasWord(fold(text), fold(word))).map((word) => `${word} in ${line}`);
    });
    expect(missed).toEqual([]);
  });

  it('have no border between two letters or digits that Unicode keeps together', () => {
    const parted = CASES.filter(({ text, breaks }) =>
      Array.from(text, (_, index) => index).some(
        (at) =>
          !breaks.includes(at) &&
          SPACED.test(text[at - 1] ?? '') &&
          SPACED.test(text[at] ?? '') &&
          isWordHit(text, 0, at),
      ),
    );
    expect(parted).toEqual([]);
  });

  it('throw nothing as message, keyword and name', () => {
    const options = { match: 'word', typos: 2, caseSensitive: false, accents: false } as const;
    const unfound = CASES.filter(({ text }) => {
      harmlessName(text);
      return (
        checkKeyword(text, options) === null && compileKeyword(text, options)(new MessageText(text)) === null
      );
    });
    expect(unfound).toEqual([]);
  });
});
