import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Expected } from '../../src/domain/funnel.js';
import { answerIn, isWordless } from '../../src/engine/expected.js';
import { CHOICES, EMAILS, NUMBERS, PHONES, PHONES_OF } from '../vectors/answers.js';

const kind = (name: 'email' | 'phone' | 'number' | 'any'): Expected => ({ kind: name });

describe('an e-mail address in an answer', () => {
  it.each([
    ['ana@mail.example', 'ana@mail.example'],
    ['it is Ana.Lima+shop@sub.mail.example!', 'Ana.Lima+shop@sub.mail.example'],
    ["<o'neil_7@mail.example>", "o'neil_7@mail.example"],
    ['müller@straße.example', 'müller@straße.example'],
    ['ana＠mail．example', 'ana@mail.example'],
    ['ana@\u200Bmail.example', 'ana@mail.example'],
    ['first@a.example or second@b.example', 'first@a.example'],
  ])('is found in %j', async (text, address) => expect(await answerIn(text, kind('email'))).toBe(address));

  it.each([
    'ana',
    'ana@mail',
    '@mail.example',
    'ana@.example',
    'ana@mail.e',
    `${'a'.repeat(250)}@mail.example`,
  ])('is not in %j', async (text) => expect(await answerIn(text, kind('email'))).toBeNull());
});

describe('a telephone number in an answer', () => {
  it.each([
    ['+33 6 12 34 56 78', '+33612345678'],
    ['call (030) 123-4567 please', '0301234567'],
    ['٠٦١٢٣٤٥٦٧٨', '0612345678'],
    ['६१२३४५६७', '61234567'],
  ])('is found in %j', async (text, number) => expect(await answerIn(text, kind('phone'))).toBe(number));

  it.each(['12', '123-456', 'no', '1234567890123456'])('is not in %j', async (text) =>
    expect(await answerIn(text, kind('phone'))).toBeNull(),
  );
});

describe('a number in an answer', () => {
  it.each([
    ['two? no, 3', '3'],
    ['-2,5 degrees', '-2.5'],
    ['1.234,50 EUR', '1234.50'],
    ['٤٢', '42'],
    ['１７', '17'],
  ])('is found in %j', async (text, number) => expect(await answerIn(text, kind('number'))).toBe(number));

  it('is not recognised in words', async () => expect(await answerIn('three', kind('number'))).toBeNull());
});

describe('an answer with expect: any', () => {
  it('is the trimmed text, with a limited length', async () => {
    expect(await answerIn('  blue \n', kind('any'))).toBe('blue');
    expect(await answerIn('x'.repeat(5_000), kind('any'))).toHaveLength(1_000);
  });

  it('is not accepted when the text is empty', async () =>
    expect(await answerIn(' \n\t', kind('any'))).toBeNull());
});

describe('an answer with expect: choice', () => {
  const sizes: Expected = { kind: 'choice', choices: ['small', 'large', 'extra large', 'été'] };

  it.each([
    ['Large please', 'large'],
    ['the EXTRA LARGE one', 'extra large'],
    ['ete', 'été'],
    ['lareg', 'large'],
    ['2', 'large'],
    [' ٣ ', 'extra large'],
  ])('is recognised in %j', async (text, choice) => expect(await answerIn(text, sizes)).toBe(choice));

  it.each(['small or large', 'enlarged', '0', '5', '', 'none'])('is not recognised in %j', async (text) =>
    expect(await answerIn(text, sizes)).toBeNull(),
  );

  it('of numbers means the number that is written, not its place', async () => {
    expect(await answerIn('2', { kind: 'choice', choices: ['2', '3', '1'] })).toBe('2');
  });
});

describe('an answer with expect: regex', () => {
  const answer = (pattern: string, text: string) => answerIn(text, { kind: 'regex', pattern });

  it('is its group "answer", or its first group, or the message', async () => {
    expect(await answer('(?<a>[A-Z]+)-(?<answer>\\d+)', 'order AB-12 ok')).toBe('12');
    expect(await answer('order (?<number>\\d+)', 'order 12 ok')).toBe('12');
    expect(await answer('\\d{2}', ' order 12 ok ')).toBe('order 12 ok');
  });

  it('is not accepted without a match', async () => expect(await answer('\\d{2}', 'order 1')).toBeNull());
});

it('a recognised answer is never empty, and no text causes an error', async () => {
  const expected = fc.constantFrom<Expected>(
    ...(['email', 'phone', 'number', 'any'] as const).map(kind),
    { kind: 'choice', choices: ['a', 'b'] },
    { kind: 'regex', pattern: '\\w+' },
  );
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), expected, async (text, what) => {
      expect(await answerIn(text, what)).not.toBe('');
    }),
  );
});

describe('real answers of people', () => {
  it.each(EMAILS)('as an e-mail address, %j gives %j', async (text, answer) =>
    expect(await answerIn(text, kind('email'))).toBe(answer),
  );
  it.each(PHONES)('as a telephone number, %j gives %j', async (text, answer) =>
    expect(await answerIn(text, kind('phone'))).toBe(answer),
  );
  it.each(PHONES_OF)('as a telephone number of %s, %j gives %j', async (country, text, answer) =>
    expect(await answerIn(text, { kind: 'phone', country })).toBe(answer),
  );
  it.each(NUMBERS)('as a number, %j gives %j', async (text, answer) =>
    expect(await answerIn(text, kind('number'))).toBe(answer),
  );
  it.each(CHOICES)('as a choice of %j, %j gives %j', async (choices, text, answer) =>
    expect(await answerIn(text, { kind: 'choice', choices })).toBe(answer),
  );
});

it.each(['', '  \n', '\u200b\ufe0f'])('a message without text (%j) is not an answer', (text) =>
  expect(isWordless(text)).toBe(true),
);
it.each(['.', '👍', '0'])('a message with text (%j) may be an answer', (text) =>
  expect(isWordless(text)).toBe(false),
);
