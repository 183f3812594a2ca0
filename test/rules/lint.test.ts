import { describe, expect, it } from 'vitest';
import { lint } from '../../src/rules/lint/lint.js';
import { parseRules, type RuleContext } from '../../src/rules/parse.js';
import { formatFinding } from '../../src/yaml/frame.js';
import { CONTEXT } from './context.js';

const ACCOUNTS: RuleContext['accounts'] = [
  { name: 'shop-ig', platform: 'instagram' },
  { name: 'shop-sky', platform: 'bluesky' },
  { name: 'shop-x', platform: 'twitter' },
];
const USES_CALENDAR = '  - { id: hours, on: message, reply: "until {{ hours.shop.next_close }}" }\n';

/** The codes and messages for rules of which one answers everywhere and names the calendar. */
function warnings(lines: string, others = USES_CALENDAR): string[] {
  const context = { ...CONTEXT, accounts: ACCOUNTS, calendars: ['shop'] };
  const checked = parseRules(`version: 1\nrules:\n${others}${lines}`, 'faq.yaml', context);
  if (!checked.ok) throw new Error(checked.findings.map(({ message }) => message).join('\n'));
  return lint(checked.value, context).map(({ code, message }) => `${code}: ${message}`);
}

describe('lint', () => {
  it('has nothing to say about rules that are meant', () => {
    expect(
      warnings('  - { id: a, on: comment, accounts: [shop-ig], keywords: [hi], comment_reply: Hello }\n'),
    ).toEqual([]);
  });

  it.each([
    [
      'a rule that only reaches a platform on which nothing can be sent',
      '{ id: a, on: message, platforms: [bluesky], reply: Hi }',
      'cannot-send: the rule "a" only reaches bluesky, and nothing can be sent there',
    ],
    [
      'the same by way of its account',
      '{ id: a, on: message, accounts: [shop-sky], reply: Hi }',
      'cannot-send: the rule "a" only reaches bluesky, and nothing can be sent there',
    ],
    [
      'a rule whose platforms and accounts exclude each other',
      '{ id: a, on: message, platforms: [twitter], accounts: [shop-ig], reply: Hi }',
      'never-matches: the rule "a" can never apply: none of shop-ig is on twitter',
    ],
    [
      'a rule for a platform without an account',
      '{ id: a, on: message, platforms: [facebook], reply: Hi }',
      'never-matches: the rule "a" can never apply: no account is on facebook',
    ],
    [
      'a comment rule for an account whose comments cannot be read',
      '{ id: a, on: comment, accounts: [shop-x], comment_reply: Hi }',
      'never-matches: the rule "a" can never apply: no account of it has comments that can be read',
    ],
    [
      'a keyword of two letters that is looked for inside words',
      '{ id: a, on: message, keywords: { any: [hi, hello], match: contains }, reply: Hi }',
      'short-keyword: the rule "a" looks for "hi" inside words too, where it is by chance',
    ],
    [
      'such a keyword in a condition',
      '{ id: a, on: message, when: { not: { fact: keywords, operator: equal, value: true, params: { none: [ok], match: contains } } }, reply: Hi }',
      'short-keyword: the rule "a" looks for "ok" inside words too, where it is by chance',
    ],
  ])('warns of %s', (_, rule, expected) => {
    expect(warnings(`  - ${rule}\n`)).toEqual([expected]);
  });

  it.each([
    ['two characters of Chinese, which are a word', '{ any: ["价格"], match: contains }'],
    ['an emoji', '{ any: ["❤"], match: contains }'],
    ['two letters that are looked for as a word', '[hi]'],
  ])('does not mind %s', (_, keywords) => {
    expect(warnings(`  - { id: a, on: message, keywords: ${keywords}, reply: Hi }\n`)).toEqual([]);
  });

  it('warns of an account that no enabled rule reaches', () => {
    const others = USES_CALENDAR.replace('on: message', 'on: message, platforms: [instagram, bluesky]');
    expect(
      warnings('  - { id: a, on: message, platforms: [twitter], enabled: false, reply: Hi }\n', others),
    ).toEqual(['idle-account: no enabled rule reaches the account "shop-x": it never answers']);
  });

  it('warns of a calendar that nothing uses, and knows both ways of using one', () => {
    const plain = '  - { id: a, on: message, reply: Hi }\n';
    expect(warnings('', plain)).toEqual(['unused-calendar: no rule uses the calendar "shop"']);
    expect(warnings('  - { id: b, on: message, reply: "{{ hours[\'shop\'].state }}" }\n', plain)).toEqual([]);
    expect(
      warnings(
        '  - { id: b, on: message, when: { not: { fact: weekday, operator: equal, value: mon } }, reply: Hi }\n',
        plain,
      ),
    ).toEqual([]);
  });

  it('says once that nothing is answered at all', () => {
    expect(warnings('  - { id: a, on: message, enabled: false, reply: "{{ hours.shop }}" }\n', '')).toEqual([
      'no-rule: no rule is enabled, so nothing is answered',
    ]);
  });

  it('gives the place of the rule', () => {
    const context = { ...CONTEXT, calendars: [] };
    const text =
      'version: 1\nrules:\n  - id: a\n    on: message\n    keywords: { any: [a], match: contains }\n    reply: Hi\n';
    const checked = parseRules(text, 'faq.yaml', context);
    expect(checked.ok && lint(checked.value, context).map((finding) => formatFinding(finding))).toEqual([
      'faq.yaml:3:9: warning: the rule "a" looks for "a" inside words too, where it is by chance\n  mend: Write match: word.',
    ]);
  });
});
