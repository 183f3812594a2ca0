import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../src/domain/limits.js';
import { fold, type FoldOptions, plain, withoutAccents } from '../../../src/engine/text/normalise.js';

const ALL_OPTIONS: FoldOptions[] = [
  { caseSensitive: false, accents: false },
  { caseSensitive: true, accents: false },
  { caseSensitive: false, accents: true },
  { caseSensitive: true, accents: true },
];

const anyText = fc.string({ unit: 'binary', maxLength: 40 });
/** Letters and marks that interact: Turkish i, dots, hamza, joiners, sigma, sharp s, quotes, spaces. */
const CALM = [
  ...Array.from('iIıİeÉßẞΣςœÆǿłأآىةـكかが각किaกำ’´ʼŉ"“ \n\u{1f3fd}👍🇫🙋♀™'),
  ...Array.from('\u0301\u0307\u0315\u0323\u0345\u034f\u0654\u200b\u200d\ufe0f\u00a0\u3000\u3164\ufdfa'),
];
const calmText = fc.string({ unit: fc.constantFrom(...CALM), maxLength: 12 });
/**
 * The letters above with lone marks of kana and parts of Hangul syllables, which combine with the preceding
 * character.
 */
const trickyText = fc.string({
  unit: fc.constantFrom(...CALM, ...Array.from('\uff76\uff9e\u3099\u309a\u1100\u1161\u11a8')),
  maxLength: 12,
});

describe('the loosest normalization', () => {
  it.each([
    ['upper and lower case are equal', 'PRICE', 'price'],
    ['accents do not count', 'été', 'ETE'],
    ['a composed letter equals the decomposed one', 'caf\u00e9', 'cafe\u0301'],
    ['full-width letters equal ordinary ones', 'ＰＲＩＣＥ', 'price'],
    ['letters of mathematical fonts equal ordinary ones', '𝐩𝐫𝐢𝐜𝐞', 'price'],
    ['a zero-width space does not separate words', 'pr\u200bice', 'price'],
    ['a soft hyphen does not separate words', 'pr\u00adice', 'price'],
    ['direction marks are dropped', '\u202aprice\u202c', 'price'],
    ['capital İ of Turkish is i', 'FİYAT', 'fiyat'],
    ['ı of Turkish is i', 'fıyat', 'fiyat'],
    ['sharp s is ss', 'straße', 'STRASSE'],
    ['capital sharp s is ss', 'STRAẞE', 'strasse'],
    ['final sigma is sigma', 'ΛΌΓΟΣ', 'λόγος'],
    ['æ is ae', 'Ærø', 'aero'],
    ['œ is oe', 'Œuvre', 'oeuvre'],
    ['đ and ł are d and l', 'Đà Łódź', 'da lodz'],
    ['Vietnamese with two marks on a letter', 'HÀ NỘI', 'ha noi'],
    ['й and ё of Cyrillic lose their marks', 'ЁЙ', 'еи'],
    ['Hebrew points do not count', 'שָׁלוֹם', 'שלום'],
    ['Hebrew gershayim are quotes', 'מע״מ', 'מע"מ'],
    ['Arabic vowels do not count', 'مَرْحَبًا', 'مرحبا'],
    ['every alef of Arabic is alef', 'أإآٱ', 'اااا'],
    ['alef maksura is ya', 'على', 'علي'],
    ['ta marbuta is ha', 'مكتبة', 'مكتبه'],
    ['tatweel is dropped', 'ســلام', 'سلام'],
    ['a Persian joiner is dropped', 'می\u200cخواهم', 'میخواهم'],
    ['half-width kana with its mark is the whole letter', 'ｶﾞｲﾄﾞ', 'ガイド'],
    ['a skin tone does not count', '👍🏽', '👍'],
    ['a variation selector does not count', '❤\ufe0f', '❤'],
    ['the sex of an emoji does not count', '🙋🏽‍♀️', '🙋'],
    ['a keycap is its digit', '1️⃣', '1'],
    ['a joiner that is not between emoji is dropped', 'pr\u200dice', 'price'],
    ['a joiner after an emoji that joins nothing is dropped', '👍\u200d ok', '👍 ok'],
    ['a joiner beside a symbol that becomes letters is dropped', '™\u200d👍', 'tm👍'],
    ['ya and kaf of Persian are those of Arabic', 'یک', 'يك'],
    ['the apostrophe of phones is that of keyboards', 'don’t', "don't"],
    ['an acute sign typed as an apostrophe is an apostrophe', 'don´t', "don't"],
    ['the letter apostrophe is an apostrophe', 'donʼt', "don't"],
    ['curly quotes are straight', '“price”', '"price"'],
    ['a hyphen that does not break is a hyphen', 'e\u2011mail', 'e-mail'],
    ['dashes and the minus sign are hyphens', '–5 −5 —5', '-5 -5 -5'],
    ['a fraction sign becomes digits with a slash', '½ ⅓', '1/2 1/3'],
    ['white space of any kind is one space', ' how\u00a0\n\tmuch\u3000', 'how much'],
    ['a ligature becomes its letters', 'ﬁle', 'file'],
  ])('%s', (_, one, other) => {
    expect(fold(one)).toBe(fold(other));
  });

  it.each([
    ['が is not か', 'が', 'か'],
    ['ぱ is not は', 'ぱ', 'は'],
    ['Devanagari कि is not क', 'कि', 'क'],
    ['Thai กี is not ก', 'กี', 'ก'],
    ['Cyrillic а is not Latin a, although they look alike', 'а', 'a'],
    ['other words stay other words', 'price', 'prize'],
    ['an emoji made of two is not its parts in a row', '👩‍🚀', '👩🚀'],
    ['a heart on fire is no heart', '❤️‍🔥', '❤️'],
  ])('%s', (_, one, other) => {
    expect(fold(one)).not.toBe(fold(other));
  });

  it.each([
    ['zero-width characters', '\u200b\u200c\u200d\ufeff\u2060'],
    ['white space', ' \n\u00a0\u3000'],
    ['variation selectors and skin tones', '\ufe0f\u{1f3fd}'],
    ['nothing', ''],
  ])('returns an empty text for a message of %s', (_, text) => {
    expect(fold(text)).toBe('');
  });

  it('keeps the beginning of a message that is too long', () => {
    const long = `start ${'é'.repeat(LIMITS.matchedText)} end`;
    expect(fold(long).startsWith('start e')).toBe(true);
    expect(fold(long)).not.toContain('end');
    expect(fold(`${'a'.repeat(LIMITS.matchedText)}price`)).not.toContain('price');
  });

  it.each(['👍', '\u{10000}', '\u{10ffff}'])('cuts no character in half: %j', (wide) => {
    const before = 'a'.repeat(LIMITS.matchedText - 1);
    expect(fold(before + wide)).toBe(before);
    expect(fold(before.slice(1) + wide + 'b')).toBe(fold(before.slice(1) + wide));
    expect(fold(before.slice(1) + wide)).toContain(fold(wide));
  });

  it('limits the growth of a character that expands to eighteen', () => {
    expect(fold('\ufdfa'.repeat(LIMITS.matchedText)).length).toBeLessThanOrEqual(4 * LIMITS.matchedText);
  });
});

describe('the stricter normalizations', () => {
  it.each([
    ['case counts', { caseSensitive: true, accents: false }, 'Price', 'price', false],
    [
      'accents still do not count when case does',
      { caseSensitive: true, accents: false },
      'Été',
      'Ete',
      true,
    ],
    ['accents count', { caseSensitive: false, accents: true }, 'été', 'ete', false],
    [
      'case still does not count when accents do',
      { caseSensitive: false, accents: true },
      'ÉTÉ',
      'été',
      true,
    ],
    [
      'Turkish İ is a case of i when accents count',
      { caseSensitive: false, accents: true },
      'FİYAT',
      'fiyat',
      true,
    ],
    ['ß is SS when accents count', { caseSensitive: false, accents: true }, 'straße', 'STRASSE', true],
    ['ø is not o when accents count', { caseSensitive: false, accents: true }, 'øl', 'ol', false],
    ['hamza counts when accents do', { caseSensitive: false, accents: true }, 'أ', 'ا', false],
    ['Æ is AE when case counts', { caseSensitive: true, accents: false }, 'Æ', 'AE', true],
    ['Æ is not ae when case counts', { caseSensitive: true, accents: false }, 'Æ', 'ae', false],
    [
      'a composed letter equals the decomposed one',
      { caseSensitive: true, accents: true },
      'é',
      'e\u0301',
      true,
    ],
    ['zero width never counts', { caseSensitive: true, accents: true }, 'a\u200bb', 'ab', true],
    ['the apostrophe of phones never counts', { caseSensitive: true, accents: true }, 'don’t', "don't", true],
  ])('%s (%o)', (...[, options, one, other, same]) => {
    expect(fold(one, options) === fold(other, options)).toBe(same);
  });
});

describe('a second normalization', () => {
  it.each(ALL_OPTIONS)('changes nothing in any text (%o)', (options) => {
    fc.assert(
      fc.property(fc.oneof(anyText, trickyText), (text) => {
        const once = fold(text, options);
        expect(fold(once, options)).toBe(once);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(ALL_OPTIONS)('gives the loosest form from each stricter one (%o)', (options) => {
    fc.assert(
      fc.property(fc.oneof(anyText, trickyText), (text) => {
        expect(fold(fold(text, options))).toBe(fold(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(ALL_OPTIONS)('keeps a keyword inside its text, as the index needs (%o)', (options) => {
    fc.assert(
      fc.property(calmText, calmText, calmText, (before, keyword, after) => {
        const text = before + keyword + after;
        fc.pre(fold(text, options).includes(fold(keyword, options)));
        expect(fold(text)).toContain(fold(keyword));
      }),
      { numRuns: 2_000 },
    );
  });

  it('changes nothing in any letter of the first two planes of Unicode', () => {
    const changed: string[] = [];
    for (let point = 0; point < 0x20000; point += 1) {
      const once = fold(String.fromCodePoint(point));
      if (fold(once) !== once) changed.push(point.toString(16));
    }
    expect(changed).toEqual([]);
  });
});

describe('the text for regular expressions', () => {
  it('keeps case, accents and line ends, and drops invisible characters', () => {
    expect(plain('ＰＲＩＣＥ\u200b\n Été’s ❤\ufe0f')).toBe("PRICE\nÉté's ❤");
    expect(plain(' order \u00a0 #12\t\n\n  e‑mail ½ ')).toBe('order #12\ne-mail 1/2');
  });

  it('is cut like every other form, also after it has grown', () => {
    expect(plain('\ufdfa'.repeat(LIMITS.matchedText))).toHaveLength(LIMITS.searchedText);
    expect(plain('a'.repeat(LIMITS.matchedText))).toHaveLength(LIMITS.searchedText);
  });

  it('loses its accents but not its case', () => {
    expect(withoutAccents('Été ŒUVRE が')).toBe('Ete OEUVRE が');
  });
});
