import { describe, expect, it } from 'vitest';
import { runRuleTest } from '../../src/rehearsal/rule-tests.js';
import { aProjectOf } from '../lint/linted.js';

/** The failures of a test whose reply is the template. */
async function failures(template: string, expected: string): Promise<readonly string[]> {
  const { config, set, rules, now } = aProjectOf(`version: 1
rules:
  - { id: price, on: message, keywords: [price], reply: ${JSON.stringify(template)}, set: { told: ${JSON.stringify(template)} } }
tests:
  - { name: t, event: { text: price, at: "2026-11-24T10:00:00+01:00" }, expect: { rule: price, ${expected} } }
`);
  return (await runRuleTest(rules.tests[0]!, { config, set, now })).failures;
}

/** A template, and the text that people would type for it. */
const AMOUNTS = [
  ["{{ 1.3 | money: 'EUR', locale: 'fr' }}", '1,30 €'],
  ["{{ 1234567.5 | number: locale: 'fr' }}", '1 234 567,5'],
  ["{{ 1234.5 | money: 'EUR', locale: 'fr' }}", '1 234,50 €'],
  ["{{ 19.9 | money: 'EUR', locale: 'de' }}", '19,90 €'],
  ["{{ 20.5 | money: 'CHF', locale: 'de-CH' }}", 'CHF 20.50'],
  ["{{ 12345.5 | money: 'PLN', locale: 'pl' }}", '12 345,50 zł'],
  ["{{ 12345.5 | money: 'SEK', locale: 'sv' }}", '12 345,50 kr'],
  ["{{ 20.5 | money: 'EUR', locale: 'en' }}", '€20.50'],
  ['1\u2007000 euros', '1 000 euros'],
] as const;

describe('a rule test takes a no-break space for a space', () => {
  it.each(AMOUNTS)('in what is sent: %s', async (template, text) => {
    const typed = JSON.stringify(text);
    expect(await failures(`It is ${template}.`, `reply: { contains: ${typed} }`)).toEqual([]);
    expect(await failures(template, `reply: { equals: ${typed} }`)).toEqual([]);
    expect(await failures(template, `reply: ${typed}`)).toEqual([]);
    expect(await failures(template, `fields: { told: ${typed} }`)).toEqual([]);
  });

  it.each(['\u00A0', '\u2007', '\u202F'])('in what is expected: %j', async (space) => {
    const text = JSON.stringify(`1${space}000 euros`);
    expect(await failures('1 000 euros', `reply: { contains: ${text} }`)).toEqual([]);
    expect(await failures('1\u00A0000 euros', `reply: ${text}`)).toEqual([]);
  });

  it('and takes no other space for one', async () => {
    expect(await failures('1 000', 'reply: "1000"')).toHaveLength(1);
    expect(await failures('1\n000', 'reply: { contains: "1 000" }')).toHaveLength(1);
    expect(await failures('Hi', 'fields: { other: "" }')).toHaveLength(1);
  });

  it('except in matches, whose failure shows them', async () => {
    const template = "{{ 1234.5 | money: 'EUR', locale: 'fr' }}";
    expect(await failures(template, 'reply: { matches: "^1 234,50 €$" }')).toEqual([
      String.raw`expected the reply to match ^1 234,50 €$, got "1\u202f234,50\u00a0€"`,
    ]);
    expect(await failures(template, 'reply: { matches: "^1.234,50.€$" }')).toEqual([]);
    expect(await failures(template, 'reply: { matches: "^2" }')).toEqual([
      'expected the reply to match ^2, got "1\u202F234,50\u00A0€"',
    ]);
  });
});
