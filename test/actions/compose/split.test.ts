import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sizeIn, type TextLimit } from '../../../src/domain/platforms.js';
import { splitText } from '../../../src/actions/compose/split.js';

const characters = (most: number): TextLimit => ({ most, unit: 'characters' });
const bytes = (most: number): TextLimit => ({ most, unit: 'bytes of UTF-8' });

describe('splitting a long text', () => {
  it.each([
    ['is one part if it fits', 'One. Two.', characters(9), ['One. Two.']],
    [
      'ends each part at the end of a sentence',
      'One two. Three four. Five.',
      characters(20),
      ['One two. Three four.', 'Five.'],
    ],
    [
      'ends parts after a question or a line too',
      'One two?\nThree four\n\nFive six!',
      characters(20),
      ['One two?\nThree four', 'Five six!'],
    ],
    [
      'ends a part at a line end rather than after a sentence',
      'One two. Three\nfour. Five six seven.',
      characters(20),
      ['One two. Three', 'four.', 'Five six seven.'],
    ],
    [
      'keeps a list number with its text',
      '1. one\n2. two\n3. three',
      characters(17),
      ['1. one\n2. two', '3. three'],
    ],
    [
      'keeps a list number with its text after a short first line',
      'Hi\n10. a line that is long enough.',
      characters(29),
      ['Hi', '10. a line that is long', 'enough.'],
    ],
    [
      'does not split a number at its dot',
      'It is 12.50 today. Not 13.',
      characters(18),
      ['It is 12.50 today.', 'Not 13.'],
    ],
    [
      'ends parts after Chinese punctuation without a space',
      '我们很忙。请明天再来。谢谢。',
      characters(11),
      ['我们很忙。请明天再来。', '谢谢。'],
    ],
    [
      'ends parts between words where a sentence is too long',
      'one two three four five',
      characters(11),
      ['one two', 'three four', 'five'],
    ],
    [
      'keeps a link whole, with its question mark',
      'See https://lumen.example/?a=1&b=2 now',
      characters(34),
      ['See https://lumen.example/?a=1&b=2', 'now'],
    ],
    ['counts bytes where the platform does', 'été été été', bytes(11), ['été été', 'été']],
    [
      'does not count white space between parts',
      `${'a'.repeat(10)}.   ${'b'.repeat(10)}.`,
      characters(11),
      ['aaaaaaaaaa.', 'bbbbbbbbbb.'],
    ],
  ])('%s', (_, text, limit, expected) => {
    expect(splitText(text, limit)).toEqual(expected);
  });

  it.each([
    ['a word that is too long', 'a short one and incomprehensibilities', characters(10)],
    ['a text that needs a fourth part', 'one two three four five six', characters(7)],
    ['a link that is too long', 'https://lumen.example/a/long/path', characters(20)],
  ])('is refused for %s', (_, text, limit) => {
    expect(splitText(text, limit)).toBeNull();
  });

  it('loses and doubles nothing but white space, and every part fits, for random texts', () => {
    const piece = fc.constantFrom(
      'a',
      'Word',
      ' ',
      '\n',
      '. ',
      '? ',
      '。',
      '👩‍🚀',
      'é',
      'https://x.y/?z ',
      '\ud83d',
    );
    const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));
    const limit = fc.constantFrom(characters(8), characters(25), bytes(12), bytes(40));
    fc.assert(
      fc.property(text, limit, (whole, most) => {
        const parts = splitText(whole, most);
        if (parts === null) return;
        const bare = (each: string) => each.replaceAll(/\s/gu, '');
        expect(bare(parts.join(''))).toBe(bare(whole));
        expect(parts.length).toBeLessThanOrEqual(3);
        for (const part of parts) expect(sizeIn(most, part)).toBeLessThanOrEqual(most.most);
        if (parts.length > 1) expect(parts.every((part) => part.trim() === part && part !== '')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
