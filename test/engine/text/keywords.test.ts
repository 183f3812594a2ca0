import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../src/domain/limits.js';
import { MATCH_MODES } from '../../../src/domain/rule.js';
import {
  checkKeyword,
  compileKeyword,
  firstHit,
  type KeywordHit,
  type KeywordOptions,
} from '../../../src/engine/text/keywords.js';
import { MessageText } from '../../../src/engine/text/text.js';
import { ATTACHED } from '../../vectors/attached.js';
import { LINKS } from '../../vectors/links.js';

const WORD: KeywordOptions = { match: 'word', typos: 0, caseSensitive: false, accents: false };

function hit(keyword: string, text: string, options: Partial<KeywordOptions> = {}): KeywordHit | null {
  return compileKeyword(keyword, { ...WORD, ...options })(new MessageText(text));
}

describe('a keyword with match: word', () => {
  it.each([
    ['hi in shipping', 'hi', 'shipping'],
    ['か in が', 'か', 'がある'],
    ['क in कि', 'क', 'कि'],
    ['a word in a message without visible characters', 'hi', '\u200b\u200b'],
  ])('does not match %s', (_, keyword, text) => {
    expect(hit(keyword, text)).toBeNull();
  });

  it.each([
    ['été in ETE', 'été', 'ETE'],
    ['ete in ÉTÉ', 'ete', 'ÉTÉ'],
    ['été in l’été', 'été', 'c’est l’été'],
    ['👍 in 👍🏽', '👍', 'ok👍🏽'],
    ['👍🏽 in 👍', '👍🏽', 'ok 👍'],
    ['price among Chinese', 'price', '我的price是'],
    ['don’t typed on a phone', "don't", 'I don’t know'],
    ['don’t typed on a keyboard', 'don’t', "I don't know"],
    ['c++', 'c++', 'C++?'],
    ['24/7', '24/7', 'open 24/7'],
    ['#guide', '#guide', 'the #Guide'],
    ['@shop', '@shop', '@shop hello'],
    ['full-width letters', 'price', 'ＰＲＩＣＥ?'],
    ['decomposed letters', 'caf\u00e9', 'the cafe\u0301'],
    ['letters with zero-width characters between them', 'price', 'pr\u200bice'],
    ['Turkish capitals', 'fiyat', 'FİYAT'],
    ['Turkish without dots', 'fiyat', 'fıyat'],
    ['a Turkish keyword', 'FIYAT', 'fiyat ne'],
    ['straße in capitals', 'straße', 'STRASSE'],
    ['Hangul with a particle', '가격', '가격이 얼마'],
    ['Thai by containment', 'ราคา', 'ขอราคาหน่อย'],
    ['Chinese by containment', '价格', '请问价格'],
    ['Japanese by containment', '値段', 'お値段は'],
    ['two words across a line break', 'how much', 'How\n much?'],
    ['a keyword with spaces around it', '  price ', 'price'],
  ])('matches %s', (_, keyword, text) => {
    expect(hit(keyword, text)).toEqual({ keyword, groups: {} });
  });

  const letters = fc.string({
    unit: fc.constantFrom(...Array.from('abzéñüçцжйλωשלسرकしが价가ß👍#+')),
    minLength: 1,
    maxLength: 8,
  });

  it('matches itself in upper case, lower case and decomposed', () => {
    fc.assert(
      fc.property(letters, (keyword) => {
        expect(hit(keyword, keyword.toUpperCase())).not.toBeNull();
        expect(hit(keyword, keyword.toLowerCase())).not.toBeNull();
        expect(hit(keyword, keyword.normalize('NFD'))).not.toBeNull();
        expect(hit(keyword, `so, ${keyword} !`)).not.toBeNull();
      }),
    );
  });

  it('matches itself in full width, with other accents, and with invisible characters inside', () => {
    const latin = fc.string({
      unit: fc.constantFrom(...Array.from('abzéñü19#+')),
      minLength: 1,
      maxLength: 8,
    });
    const wide = (text: string) =>
      text.replace(/[!-~]/gu, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0));
    fc.assert(
      fc.property(latin, fc.constantFrom('\u0301', '\u0327', '\u0308'), (keyword, accent) => {
        expect(hit(keyword, wide(keyword))).not.toBeNull();
        expect(hit(wide(keyword), keyword)).not.toBeNull();
        expect(hit(keyword, keyword.replace(/\p{L}/gu, `$&${accent}`))).not.toBeNull();
        expect(hit(keyword, Array.from(keyword).join('\u200b'))).not.toBeNull();
      }),
    );
  });

  it('is found by `contains` and with typos allowed wherever it is found', () => {
    fc.assert(
      fc.property(letters, letters, letters, (keyword, before, after) => {
        const text = `${before} ${keyword} ${after}`;
        expect(hit(keyword, text)).not.toBeNull();
        expect(hit(keyword, text, { match: 'contains' })).not.toBeNull();
        expect(hit(keyword, text, { typos: 2 })).toEqual({ keyword, groups: {} });
      }),
    );
  });

  it('is found by the loosest options wherever stricter ones find it', () => {
    fc.assert(
      fc.property(letters, letters, fc.boolean(), fc.boolean(), (keyword, around, caseSensitive, accents) => {
        for (const text of [`a ${keyword} b`, keyword + around, around + keyword.toUpperCase()]) {
          if (hit(keyword, text, { caseSensitive, accents })) expect(hit(keyword, text)).not.toBeNull();
        }
      }),
    );
  });

  it('never matches inside a longer word of a script with spaces', () => {
    const part = fc.string({
      unit: fc.constantFrom(...Array.from('abzñцжλωשل')),
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(part, part, (keyword, more) => {
        fc.pre(!more.includes(keyword));
        expect(hit(keyword, keyword + more)).toBeNull();
        expect(hit(keyword, more + keyword)).toBeNull();
      }),
    );
  });

  it('respects case with case_sensitive', () => {
    expect(hit('Price', 'price', { caseSensitive: true })).toBeNull();
    expect(hit('Price', 'the Price', { caseSensitive: true })).not.toBeNull();
  });

  it('respects accents with accents: true', () => {
    expect(hit('été', 'ete', { accents: true })).toBeNull();
    expect(hit('été', 'ÉTÉ', { accents: true })).not.toBeNull();
  });
});

describe('a keyword with another match mode', () => {
  it.each([
    ['contains', 'a part of a word', 'hi', 'shipping', true],
    ['contains', 'something else', 'hi', 'hello', false],
    ['contains', 'か, which is not in が', 'か', 'が', false],
    ['exact', 'the whole message, however it is typed', 'yes', ' YÉS\n', true],
    ['exact', 'a message that says more', 'yes', 'yes!', false],
    ['starts_with', 'the beginning', 'pri', 'Price?', true],
    ['starts_with', 'not the beginning', 'ice', 'Price?', false],
    ['ends_with', 'the end', 'ice?', 'Price? ', true],
    ['ends_with', 'not the end', 'pri', 'Price?', false],
  ] as const)('%s: %s', (...[match, , keyword, text, expected]) => {
    expect(hit(keyword, text, { match }) !== null).toBe(expected);
  });
});

describe('a keyword with match: regex', () => {
  const REGEX = { match: 'regex' } as const;

  it('returns its groups as the contact wrote them', () => {
    const groups = { name: 'Élodie' };
    expect(hit('i am (?<name>\\pL+)', 'I am Élodie', REGEX)).toEqual({
      keyword: 'i am (?<name>\\pL+)',
      groups,
    });
  });

  it.each([
    ['a pattern with accents in a text without', 'été|hiver', 'en ETE'],
    ['a pattern without accents in a text with', '\\bete\\b', "l'été"],
    ['a Turkish capital', 'fiyat', 'FİYAT'],
    ['full-width letters', '^price$', 'ＰＲＩＣＥ'],
    ['zero-width characters inside a word', 'pri[cs]e', 'pr\u200bice'],
    ['the apostrophe of phones', "don't", 'don’t'],
    ['a full-width question mark in the pattern, as itself', '価格？', '価格?'],
    ['an emoji with a skin tone', '👍', '👍🏽'],
    ['an emoji with a variation selector in the pattern', '❤\ufe0f+', '❤❤'],
    ['a decomposed pattern', 'cafe\u0301', 'café'],
    ['the beginning and the end of a line', '(?m)^b$', 'a\nb'],
    ['a whole text, without the blank that phones put behind a word', '^status$', 'status '],
    ['several blanks for one in the pattern', 'order #?(?<n>\\d+)', 'order  #12'],
    ['a blank that does not break', 'how much', 'how\u00a0much'],
    ['a hyphen that does not break', 'e-mail', 'my e‑mail'],
    ['a dash in the pattern', 'e‑mail', 'my e-mail'],
    ['an acute sign typed as an apostrophe', "don't", 'don´t'],
  ])('matches %s', (_, pattern, text) => {
    expect(hit(pattern, text, REGEX)).not.toBeNull();
  });

  it.each([
    ['other accents where accents count', 'été', 'ete', { accents: true }],
    ['other case where case counts', 'price', 'Price', { caseSensitive: true }],
    ['a question mark of full width as syntax', 'ab？c', 'ac', {}],
    ['a question mark of full width as nothing', 'ab？c', 'abc', {}],
    ['other case where it counts and accents do not', 'Été', 'ete', { caseSensitive: true }],
    ['any text, where an accent makes a range of the pattern invalid', '^[z-é]$', 'a', {}],
  ])('does not match %s', (_, pattern, text, options) => {
    expect(hit(pattern, text, { ...REGEX, ...options })).toBeNull();
  });
});

describe('typos in keywords', () => {
  it('are tolerated and counted', () => {
    expect(hit('guide', 'send the giude', { typos: 1 })).toEqual({ keyword: 'guide', groups: {}, typos: 1 });
    expect(hit('guide', 'send the giude')).toBeNull();
  });

  it('are zero where the exact word occurs', () => {
    expect(hit('guide', 'giude guide', { typos: 1 })).toEqual({ keyword: 'guide', groups: {} });
  });

  it('respect case with case_sensitive', () => {
    expect(hit('Guide', 'guide', { typos: 1, caseSensitive: true })?.typos).toBe(1);
    expect(hit('GUIDE', 'guide', { typos: 1, caseSensitive: true })).toBeNull();
  });
});

describe('the first hit of a list', () => {
  const find = (keywords: string[], text: string, options: Partial<KeywordOptions> = {}) =>
    firstHit(
      keywords.map((keyword) => compileKeyword(keyword, { ...WORD, ...options })),
      new MessageText(text),
    );

  it('is the first in the order of the list, not of the text', () => {
    expect(find(['much', 'how'], 'how much')?.keyword).toBe('much');
  });

  it('is null when none occurs', () => {
    expect(find(['guide', 'price'], 'hello')).toBeNull();
    expect(find([], 'hello')).toBeNull();
  });

  it('prefers the exact word to a typo of an earlier keyword', () => {
    expect(find(['prince', 'price'], 'price', { typos: 1 })).toEqual({ keyword: 'price', groups: {} });
  });

  it('has the fewest typos', () => {
    expect(find(['shippings', 'shipping'], 'shippin', { typos: 2 })?.keyword).toBe('shipping');
    expect(find(['shipping', 'shippings'], 'shippin', { typos: 2 })?.keyword).toBe('shipping');
  });

  it('is the first of those with equally many typos', () => {
    expect(find(['shippinx', 'shippiny', 'guide'], 'shippinz', { typos: 2 })?.keyword).toBe('shippinx');
  });
});

describe('the check of a keyword', () => {
  it.each([
    ['a word', 'price', {}],
    ['an emoji', '👍🏽', {}],
    ['a keyword that starts with a symbol', '#guide', {}],
    ['Chinese with typos, of which it tolerates none', '价格', { typos: 2 }],
    ['a pattern', '(?<n>\\d+)', { match: 'regex' }],
    ['a pattern with \\b and Latin letters with accents', '\\bété\\b', { match: 'regex' }],
    ['a pattern with an escaped backslash before a letter', '\\\\bц', { match: 'regex' }],
    ['the longest keyword', 'a'.repeat(LIMITS.keywordLength), {}],
  ] as const)('accepts %s', (_, keyword, options) => {
    expect(checkKeyword(keyword, { ...WORD, ...options })).toBeNull();
    expect(() => compileKeyword(keyword, { ...WORD, ...options })).not.toThrow();
  });

  it.each([
    ['an empty keyword', '', {}, /nothing visible/],
    ['white space', '  ', {}, /nothing visible/],
    ['zero-width characters', '\u200b', {}, /nothing visible/],
    ['a skin tone alone', '\u{1f3fd}', {}, /nothing visible/],
    ['an accent alone, where accents count', '\u0301', { accents: true }, /nothing visible/],
    ['a keyword that is too long', 'a'.repeat(LIMITS.keywordLength + 1), {}, /201 characters, more than 200/],
    ['typos with another mode', 'price', { match: 'contains', typos: 1 }, /only with `match: word`/],
    ['typos with a pattern', 'price', { match: 'regex', typos: 2 }, /only with `match: word`/],
    ['an empty pattern', ' ', { match: 'regex' }, /pattern is empty/],
    ['a broken pattern', '(a', { match: 'regex' }, /missing closing \)/],
    ['look-ahead', 'a(?=b)', { match: 'regex' }, /look-ahead/],
    ['a pattern too long', 'a'.repeat(LIMITS.regexLength + 1), { match: 'regex' }, /more than 500/],
    ['\\b before a Cyrillic letter', '\\bцена', { match: 'regex' }, /`\\b` knows no letters but a to z/],
    [
      '\\b after an accent that counts',
      'été\\b',
      { match: 'regex', accents: true },
      /`\\b` knows no letters/,
    ],
  ] as const)('refuses %s with an explanation', (_, keyword, options, sentence) => {
    expect(checkKeyword(keyword, { ...WORD, ...options })).toMatch(sentence);
  });

  it('returns the same error as compiling the keyword', () => {
    expect(() => compileKeyword('', WORD)).toThrow(/nothing visible/);
    expect(() => compileKeyword('(a', { ...WORD, match: 'regex' })).toThrow(/missing closing/);
  });

  it('accepts only what compiles and matches without throwing, whatever the keyword', () => {
    const options = fc.record<KeywordOptions>({
      match: fc.constantFrom('word', 'contains', 'exact', 'starts_with', 'ends_with', 'regex'),
      typos: fc.constantFrom(0, 1, 2),
      caseSensitive: fc.boolean(),
      accents: fc.boolean(),
    });
    const text = fc.string({ unit: 'binary', maxLength: 20 });
    fc.assert(
      fc.property(text, options, text, (keyword, chosen, message) => {
        fc.pre(checkKeyword(keyword, chosen) === null);
        const found = compileKeyword(keyword, chosen)(new MessageText(message));
        expect(found === null || found.keyword === keyword).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the text forms of a message', () => {
  it('include each form of its text', () => {
    const text = new MessageText(' Été ');
    expect(text.raw).toBe(' Été ');
    expect(text.folded()).toBe('ete');
    expect(text.folded({ caseSensitive: true, accents: false })).toBe('Ete');
    expect(text.folded({ caseSensitive: false, accents: true })).toBe('été');
    expect(text.folded({ caseSensitive: true, accents: true })).toBe('Été');
    expect(text.words()).toEqual([{ start: 0, end: 3 }]);
    expect(text.plain()).toBe('Été');
    expect(text.withoutAccents()).toBe('Ete');
  });
});

describe('prefixes and particles attached to a word', () => {
  it.each(ATTACHED)('%s in %s: %s', (keyword, text, isIn) => {
    expect(hit(keyword, text) !== null).toBe(isIn);
  });

  it.each(ATTACHED.filter(([keyword, text]) => keyword.length < text.length))(
    'with `attached: false` %s is not in %s',
    (keyword, text) => {
      const isWhole = text.split(/[^\p{L}\p{M}]+/u).includes(keyword);
      expect(hit(keyword, text, { attached: false }) !== null).toBe(isWhole);
    },
  );

  it('are respected in Korean too with `attached: false`', () => {
    expect(hit('가격', '가격이 얼마')).not.toBeNull();
    expect(hit('가격', '가격이 얼마', { attached: false })).toBeNull();
  });
});

describe('matching with in: words', () => {
  it.each(LINKS)('reduces %j to %j', (text, left) => {
    expect(new MessageText(text).inWords().raw).toBe(left);
  });

  it.each(MATCH_MODES)('ignores links with `match: %s`', (match) => {
    expect(hit('https', 'https://x.example/link @shop', { match, in: 'words' })).toBeNull();
  });

  it('treats the words beside a mention as the whole text', () => {
    expect(hit('guide', '@shop Guide', { match: 'exact', in: 'words' })).not.toBeNull();
    expect(hit('how much', 'how @shop much', { in: 'words' })).toBeNull();
  });

  it('takes linear time for texts that resemble links', () => {
    for (const part of ['a.', 'a@', '@a-', 'x', 'http:/', 'www.', 'a-', '.']) {
      const text = part.repeat(100_000 / part.length);
      expect(new MessageText(text).inWords().raw.length).toBeLessThanOrEqual(text.length);
    }
  });
});
