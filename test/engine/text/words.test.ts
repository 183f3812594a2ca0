import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../../src/engine/text/normalise.js';
import { hasWord, isWordHit, words } from '../../../src/engine/text/words.js';

function occurs(keyword: string, text: string): boolean {
  return hasWord(fold(text), fold(keyword));
}

describe('a keyword as a whole word', () => {
  it.each([
    ['the end of another word', 'hi', 'shipping'],
    ['the beginning of another word', 'pri', 'price'],
    ['inside a word with digits', 'price', 'price2'],
    ['inside a name with an underscore', 'price', 'my_price'],
    ['inside a Cyrillic word', 'цен', 'цена'],
    ['inside an Arabic word', 'سعر', 'مسعر'],
    ['a Devanagari letter that carries a vowel', 'क', 'कि'],
    ['a Japanese letter that carries a mark', 'か', 'か\u309a'],
    ['a Thai syllable that continues with a mark', 'การ', 'การ์ตูน'],
    ['the middle of a Hangul word', '격', '가격'],
    ['a Hangul letter that carries a mark', '가', '가\u20dd'],
    ['two halves of the first and the last flag', '🇿🇦', '🇦🇿🇦🇿'],
    ['two halves of two flags', '🇷🇩', '🇫🇷🇩🇪'],
    ['the first part of an emoji made of several', '👩', '👩‍🚀'],
    ['the last part of an emoji made of several', '🚀', 'a 👩‍🚀 b'],
    ['a part of a family', '👩‍👧', '👨‍👩‍👧'],
    ['letters beyond the first plane, inside a longer word', '𞤢𞤣', '𞤢𞤣𞤤'],
    ['a word that is only longer by an accent that no letter has', 'q', 'q\u20dd'],
  ])('is not %s', (_, keyword, text) => {
    expect(occurs(keyword, text)).toBe(false);
  });

  it.each([
    ['alone', 'hi', 'hi'],
    ['in punctuation', 'hi', '¡hi!'],
    ['later, after a hit inside another word', 'hi', 'shipping, hi'],
    ['after an elision', 'été', "l'été"],
    ['after the elision of phones', 'été', 'l’été'],
    ['among Chinese', 'price', '我的price是'],
    ['before a Korean particle', 'DM', 'DM주세요'],
    ['beside an emoji', 'price', 'price👍'],
    ['Chinese, by containment', '价格', '请问价格是多少'],
    ['Japanese, by containment', '値段', 'お値段は'],
    ['Katakana with its long vowel', 'サービス', 'このサービスは'],
    ['Thai, by containment', 'ราคา', 'ขอราคาหน่อย'],
    ['Thai with a split vowel', 'น้ำ', 'ขอน้ำหน่อย'],
    ['Khmer, by containment', 'តម្លៃ', 'សុំតម្លៃផង'],
    ['Hangul with a particle', '가격', '가격이 얼마예요'],
    ['a sign before the word', '#guide', 'send #guide please'],
    ['signs after the word', 'c++', 'I write C++, mostly'],
    ['a sign in the middle', '24/7', 'open 24/7?'],
    ['a handle', '@shop', 'hey @Shop!'],
    ['an emoji beside letters', '🔥', 'fire🔥fire'],
    ['a whole flag between flags', '🇩🇪', '🇫🇷🇩🇪'],
    ['an emoji made of several', '👩‍🚀', 'ok👩🏽‍🚀👩'],
    ['the same emoji alone, beside one made of it', '👩', '👩‍🚀👩'],
    ['an emoji of the other sex', '🙋', 'me 🙋🏿‍♂️!'],
    ['letters beyond the first plane', '𞤢𞤣', '𞤢𞤣 𞤤'],
    ['rare Han letters, by containment', '𠮷', '私は𠮷野'],
  ])('is found: %s', (_, keyword, text) => {
    expect(occurs(keyword, text)).toBe(true);
  });

  it('never stands inside a longer word of a script with spaces', () => {
    const letter = fc.constantFrom(...Array.from('abzéñцжλωשלسرकख0_'));
    const part = fc.string({ unit: letter, minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(part, part, part, (before, keyword, after) => {
        const text = before + keyword + after;
        expect(isWordHit(text, before.length, before.length + keyword.length)).toBe(false);
        expect(isWordHit(text, 0, before.length)).toBe(false);
        expect(isWordHit(text, before.length, text.length)).toBe(false);
      }),
    );
  });

  it('is found between any two non-word characters', () => {
    const sign = fc.constantFrom(' ', '.', '👍', '(', '我', 'が', '’', '\n');
    fc.assert(
      fc.property(sign, fc.constantFrom('price', 'цена', 'été'), sign, (before, keyword, after) => {
        const text = before + keyword + after;
        expect(isWordHit(text, before.length, before.length + keyword.length)).toBe(true);
      }),
    );
  });
});

describe('a sequence of flag emoji', () => {
  it('contains its flags and no halves, at any length', () => {
    expect(occurs('🇷🇫', '🇫🇷'.repeat(5_000))).toBe(false);
    expect(occurs('🇩🇪', `${'🇫🇷'.repeat(50)}🇩🇪`)).toBe(true);
  });
});

describe('the words in a trace', () => {
  it.each([
    ['nothing for an empty text', '', []],
    ['words without punctuation', 'how much, please?', ['how', 'much', 'please']],
    ['an elision as two', "l'ete", ['l', 'ete']],
    ['a run of Chinese beside Latin', '我的price是', ['我的', 'price', '是']],
    ['Hangul beside Latin', 'dm주세요', ['dm', '주세요']],
    ['a mark of another script with its letter', 'a\u3099b', ['a\u3099b']],
    ['flags of the first and the last letters', '🇦🇿🇿🇦', ['🇦🇿', '🇿🇦']],
    ['marks with their letters', 'कि か\u309a', ['कि', 'か\u309a']],
    ['each emoji as one', 'ok👍👍🔥', ['ok', '👍', '👍', '🔥']],
    ['each flag as one', '🇫🇷🇩🇪', ['🇫🇷', '🇩🇪']],
    ['half a flag', '🇫', ['🇫']],
    ['an emoji made of several as one', 'a👨‍👩‍👧b', ['a', '👨‍👩‍👧', 'b']],
    ['letters beyond the first plane', '𞤢𞤣 𠮷', ['𞤢𞤣', '𠮷']],
    ['a broken emoji as nothing', 'a\ud83d b', ['a', 'b']],
  ])('show %s', (_, text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it('are limited to 100', () => {
    expect(words('a '.repeat(500))).toHaveLength(100);
  });
});
