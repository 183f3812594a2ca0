import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Expected } from '../../src/domain/funnel.js';
import { answerIn } from '../../src/engine/expected.js';

const kind = (name: 'email' | 'phone' | 'number' | 'any'): Expected => ({ kind: name });

describe('an e-mail address', () => {
  it.each([
    ['ana@mail.example', 'ana@mail.example'],
    ['it is Ana.Lima+shop@sub.mail.example!', 'Ana.Lima+shop@sub.mail.example'],
    ["<o'neil_7@mail.example>", "o'neil_7@mail.example"],
    ['müller@straße.example', 'müller@straße.example'],
    ['ana＠mail．example', 'ana@mail.example'],
    ['ana@\u200Bmail.example', 'ana@mail.example'],
    ['first@a.example or second@b.example', 'first@a.example'],
  ])('is found in %j', (text, address) => expect(answerIn(text, kind('email'))).toBe(address));

  it.each([
    'ana',
    'ana@mail',
    '@mail.example',
    'ana@.example',
    'ana@mail.e',
    `${'a'.repeat(250)}@mail.example`,
  ])('is not in %j', (text) => expect(answerIn(text, kind('email'))).toBeNull());
});

describe('a telephone number', () => {
  it.each([
    ['+33 6 12 34 56 78', '+33612345678'],
    ['call (030) 123-4567 please', '0301234567'],
    ['٠٦١٢٣٤٥٦٧٨', '0612345678'],
    ['६१२३४५६७', '61234567'],
  ])('is found in %j', (text, number) => expect(answerIn(text, kind('phone'))).toBe(number));

  it.each(['12', '123-456', 'no', '1234567890123456'])('is not in %j', (text) =>
    expect(answerIn(text, kind('phone'))).toBeNull(),
  );
});

describe('a number', () => {
  it.each([
    ['two? no, 3', '3'],
    ['-2,5 degrees', '-2,5'],
    ['1.234,50 EUR', '1.234,50'],
    ['٤٢', '42'],
    ['１７', '17'],
  ])('is found in %j', (text, number) => expect(answerIn(text, kind('number'))).toBe(number));

  it('is not in words', () => expect(answerIn('three', kind('number'))).toBeNull());
});

describe('any answer', () => {
  it('is the text, without the space around it, and not endless', () => {
    expect(answerIn('  blue \n', kind('any'))).toBe('blue');
    expect(answerIn('x'.repeat(5_000), kind('any'))).toHaveLength(1_000);
  });

  it('is none when nothing is said', () => expect(answerIn(' \n\t', kind('any'))).toBeNull());
});

describe('a choice', () => {
  const sizes: Expected = { kind: 'choice', choices: ['small', 'large', 'extra large', 'été'] };

  it.each([
    ['Large please', 'large'],
    ['the EXTRA LARGE one', 'extra large'],
    ['ete', 'été'],
    ['lareg', 'large'],
    ['2', 'large'],
    [' ٣ ', 'extra large'],
  ])('is made by %j', (text, choice) => expect(answerIn(text, sizes)).toBe(choice));

  it.each(['small or large', 'enlarged', '0', '5', '', 'none'])('is not made by %j', (text) =>
    expect(answerIn(text, sizes)).toBeNull(),
  );

  it('of numbers is the number that is written, not its place', () => {
    expect(answerIn('2', { kind: 'choice', choices: ['2', '3', '1'] })).toBe('2');
  });
});

describe('what an expression finds', () => {
  const answer = (pattern: string, text: string) => answerIn(text, { kind: 'regex', pattern });

  it('is its group "answer", or its first group, or the message', () => {
    expect(answer('(?<a>[A-Z]+)-(?<answer>\\d+)', 'order AB-12 ok')).toBe('12');
    expect(answer('order (?<number>\\d+)', 'order 12 ok')).toBe('12');
    expect(answer('\\d{2}', ' order 12 ok ')).toBe('order 12 ok');
  });

  it('is nothing where it does not occur', () => expect(answer('\\d{2}', 'order 1')).toBeNull());
});

it('is never an exception, whatever is written, and never empty', () => {
  const expected = fc.constantFrom<Expected>(
    ...(['email', 'phone', 'number', 'any'] as const).map(kind),
    { kind: 'choice', choices: ['a', 'b'] },
    { kind: 'regex', pattern: '\\w+' },
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), expected, (text, what) => {
      expect(answerIn(text, what)).not.toBe('');
    }),
  );
});
