import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatFinding } from '../../src/yaml/frame.js';
import { MessageText } from '../../src/engine/text/text.js';
import { exampleFindings } from '../../src/lint/examples.js';
import { unindexed } from '../../src/lint/unindexed.js';
import { anEvent } from '../builders.js';
import { draws } from '../draws.js';
import { aProjectOf, CONFIG, findingsOf } from './linted.js';

/** The codes and messages about rules, one line each, without those about the configuration. */
async function warnings(...rules: readonly string[]): Promise<string[]> {
  const findings = await findingsOf(`version: 1\nrules:\n${rules.map((rule) => `  - ${rule}\n`).join('')}`);
  return findings
    .filter(({ code }) => code !== 'idle-account' && code !== 'unused-calendar')
    .map(({ code, message }) => `${code}: ${message}`);
}

const WHEN_SHOP = '{ fact: hours, params: { calendar: shop }, operator: equal, value';
const PRICE = '{ id: price, on: message, keywords: [price, cost], reply: From 20. }';

describe('lint reports nothing about', () => {
  it.each<[string, ...string[]]>([
    ['a correct rule', '{ id: a, on: comment, accounts: [shop-ig], keywords: [hi], comment_reply: Hello }'],
    [
      'two characters of Chinese, which are a word',
      '{ id: a, on: message, keywords: { any: ["价格"], match: contains }, reply: Hi }',
    ],
    [
      'a reply that `suggest` wrote, in shadow mode',
      '{ id: a, on: message, mode: shadow, keywords: [hi], reply: "Write the reply here, then change the mode to live" }',
    ],
    ['an emoji inside words', '{ id: a, on: message, keywords: { any: ["❤"], match: contains }, reply: Hi }'],
    [
      'a keyword of two letters that matches whole words',
      '{ id: a, on: message, keywords: [hi], reply: Hi there }',
    ],
    [
      'the same keywords at other hours',
      `{ id: open, on: message, keywords: [price], when: ${WHEN_SHOP}: open }, reply: Sure }`,
      `{ id: closed, on: message, keywords: [price], when: ${WHEN_SHOP}: closed }, reply: Later }`,
    ],
    [
      'a silent rule behind one that replies',
      PRICE,
      '{ id: thanks, on: message, keywords: [thanks], silent: true }',
    ],
    [
      'a silent rule that matches the whole text only',
      '{ id: thanks, on: message, keywords: { any: [thanks], match: exact }, silent: true }',
      PRICE,
    ],
    [
      'the same keywords on other platforms',
      '{ id: ig, on: message, platforms: [instagram], keywords: [price], reply: Hi }',
      '{ id: all, on: message, keywords: [price], reply: Hi }',
    ],
    [
      'a keyword that an excluded one contains, and one that is like it without typos',
      '{ id: a, on: message, keywords: { any: [price], none: [price list, prize] }, reply: Hi }',
    ],
    [
      'an excluded word that is like a keyword with typos, in a condition of its own',
      '{ id: a, on: message, keywords: { any: [price], typos: 1 }, when: { fact: keywords, operator: equal, value: true, params: { none: ["prize"] } }, reply: Hi }',
    ],
    ['the same keywords for comments', PRICE, '{ id: c, on: comment, keywords: [price], comment_reply: Hi }'],
    [
      'a rule behind one with continue',
      PRICE.replace('reply:', 'continue: true, reply:'),
      '{ id: b, on: message, keywords: [price], reply: Hi }',
    ],
    [
      'a rule behind one in shadow',
      PRICE.replace('reply:', 'mode: shadow, reply:'),
      '{ id: b, on: message, keywords: [price], reply: Hi }',
    ],
    [
      'a rule behind one that is not enabled',
      PRICE.replace('reply:', 'enabled: false, reply:'),
      '{ id: b, on: message, keywords: [price], reply: Hi }',
    ],
    [
      'a narrow rule before a wide one',
      '{ id: a, on: message, keywords: [price list], reply: Hi }',
      '{ id: b, on: message, keywords: [price], reply: Hi }',
    ],
    [
      'a keyword behind a longer one',
      '{ id: a, on: message, keywords: [prices], reply: Hi }',
      '{ id: b, on: message, keywords: [price], reply: Hi }',
    ],
    [
      'a keyword with typos behind one without',
      PRICE,
      '{ id: b, on: message, keywords: { any: [price], typos: 1 }, reply: Hi }',
    ],
    [
      'an accented keyword behind one for which accents count',
      '{ id: a, on: message, keywords: { any: [été], accents: true }, reply: Hi }',
      '{ id: b, on: message, keywords: [été], reply: Hi }',
    ],
    [
      'a keyword that one rule excludes and another requires',
      '{ id: a, on: message, keywords: { any: [price], none: [list] }, reply: Hi }',
      '{ id: b, on: message, keywords: [price list], reply: Hi }',
    ],
    [
      'a rule for replies to comments behind a rule that ignores them',
      '{ id: a, on: comment, keywords: [guide], private_reply: Hi }',
      '{ id: b, on: comment, keywords: [guide], when: { any: [{ fact: is_reply, operator: equal, value: true }, { fact: is_reply, operator: equal, value: false }] }, private_reply: Hi }',
    ],
    [
      'a reply with the keyword of its own rule, which has a cooldown',
      '{ id: a, on: message, keywords: [price], reply: The price is 20. }',
    ],
    [
      'a reply without the keywords of its own rule',
      '{ id: a, on: message, keywords: [cost], reply: The price is 20., once_per: false }',
    ],
    [
      'a name with a default',
      '{ id: a, on: message, keywords: [cost], reply: "Hi {{ contact.first_name | default: \'there\' }}" }',
    ],
    [
      'two rules with private replies of which only the first acts',
      '{ id: a, on: comment, keywords: [guide], private_reply: One }',
      '{ id: b, on: comment, keywords: [book], private_reply: Two }',
    ],
  ])('%s', async (_, ...rules) => {
    expect(await warnings(...rules)).toEqual([]);
  });
});

describe('lint warns of', () => {
  it.each<[string, string, ...string[]]>([
    [
      'a rule whose platforms and accounts exclude each other',
      'never-matches: the rule "a" can never apply: none of shop-ig is on twitter',
      '{ id: a, on: message, platforms: [twitter], accounts: [shop-ig], reply: Hi }',
    ],
    [
      'a comment rule for an account whose comments cannot be read',
      'never-matches: the rule "a" can never apply: none of its accounts has comments that can be read',
      '{ id: a, on: comment, accounts: [shop-x], comment_reply: Hi }',
    ],
    ...[
      ['reply', 'live'],
      ['comment_reply', 'live'],
      ['reply', 'approve'],
    ].map(([key, mode]): [string, string, string] => [
      `a ${key} that \`suggest\` wrote, in a rule with the mode ${mode}`,
      'placeholder: "Write the reply here, then change the mode to live" is a placeholder of `suggest`',
      `{ id: a, on: ${key === 'reply' ? 'message' : 'comment'}, mode: ${mode}, keywords: [guide], ${key}: "Write the reply here, then change the mode to live" }`,
    ]),
    [
      'a keyword of two letters that matches inside words',
      'short-keyword: the rule "a" also matches "hi" inside longer words, by chance',
      '{ id: a, on: message, keywords: { any: [hi, hello], match: contains }, reply: Sure }',
    ],
    [
      'a keyword that is taken for an excluded one with typos',
      'excluded-keyword: the rule "a" does not match its own keyword "price": with typos it is taken for "prize" of its `none`',
      '{ id: a, on: message, keywords: { any: [price, cost], none: [prize], typos: 1 }, reply: Hi }',
    ],
    [
      'the only keyword, if it is taken for an excluded one with typos',
      'excluded-keyword: the rule "a" does not match its own keyword "price": with typos it is taken for "prize" of its `none`',
      '{ id: a, on: message, keywords: { any: [price], none: [prize], typos: 1 }, reply: Hi }',
    ],
    [
      'a needed keyword that is taken for an excluded one with typos',
      'excluded-keyword: the rule "a" does not match its own keyword "orders": with typos it is taken for "order" of its `none`',
      '{ id: a, on: message, keywords: { all: [orders], none: [order], typos: 2 }, reply: Hi }',
    ],
    [
      'a keyword with an excluded one inside',
      'excluded-keyword: the rule "a" does not match its own keyword "price list": "price" of its `none` is in it',
      '{ id: a, on: message, keywords: { any: [price list, cost], none: [price] }, reply: Hi }',
    ],
    [
      'a condition with a keyword of two letters that matches inside words',
      'short-keyword: the rule "a" also matches "ok" inside longer words, by chance',
      '{ id: a, on: message, when: { not: { fact: keywords, operator: equal, value: true, params: { none: [ok], match: contains } } }, reply: Hi }',
    ],
    [
      'a rule whose messages all get a reply from an earlier rule',
      'never-acts: the rule "b" never acts: "price" replies to every message that it matches, and comes first',
      PRICE.replace('reply:', 'once_per: false, reply:'),
      '{ id: b, on: message, platforms: [instagram], keywords: [price list, COST], reply: Hi }',
    ],
    [
      'a rule with a narrower keyword and condition than an earlier rule',
      'never-acts: the rule "b" never acts: "a" replies to every message that it matches, and comes first',
      `{ id: a, on: message, keywords: { any: [ship], match: contains }, when: { any: [${WHEN_SHOP}: open }, { fact: first_contact, operator: equal, value: true }] }, once_per: false, reply: Sure }`,
      `{ id: b, on: message, keywords: [shipping], when: { all: [${WHEN_SHOP}: open }, { fact: weekday, operator: equal, value: tue, params: { calendar: shop } }] }, reply: Later }`,
    ],
    [
      'a rule whose messages all get a reply from one of two earlier rules',
      'never-acts: the rule "c" never acts: "a" or "b" replies to every message that it matches, and comes first',
      '{ id: a, on: message, keywords: [price], once_per: false, reply: Hi }',
      '{ id: b, on: message, keywords: [cost], once_per: false, reply: Hi }',
      '{ id: c, on: message, keywords: [price, cost], reply: Hi }',
    ],
    [
      'a rule that only replies to the second message',
      'answers-second: every message that "b" matches first gets a reply from "price": it only acts during the cooldown of "price" (1 h)',
      PRICE,
      '{ id: b, on: message, keywords: [price], reply: Hi }',
    ],
    [
      'a keyword that another rule of the same scope has',
      'duplicate-keyword: the keyword "cost" does nothing for "b": wherever it matches, "price" replies to the event first, except during its cooldown (1 h)',
      PRICE,
      '{ id: b, on: message, keywords: [dear, cost], reply: Hi }',
    ],
    [
      'keywords that exclude each other',
      'impossible: the rule "a" can never apply: a required keyword contains a forbidden one',
      '{ id: a, on: message, keywords: { any: [gift card], none: [gift] }, reply: Hi }',
    ],
    [
      'days that exclude each other',
      'impossible: the rule "a" can never apply: weekday in Europe/Paris cannot fulfil all of its conditions at once',
      '{ id: a, on: message, when: { all: [{ fact: weekday, params: { calendar: shop }, operator: equal, value: mon }, { fact: weekday, params: { timezone: Europe/Paris }, operator: in, value: [sat, sun] }] }, reply: Hi }',
    ],
    [
      'a time of the day that is before and after another',
      'impossible: the rule "a" can never apply: local_time in Europe/Paris cannot fulfil all of its conditions at once',
      '{ id: a, on: message, when: { all: [{ fact: local_time, params: { calendar: shop }, operator: lessThan, value: "09:00" }, { fact: local_time, params: { calendar: shop }, operator: greaterThan, value: "17:00" }] }, reply: Hi }',
    ],
    [
      'a reply that triggers its own rule',
      '\"a\" replies to its own reply when it is sent back: two programs would talk until the limit of 5 replies'.replace(
        /^/u,
        'self-trigger: ',
      ),
      '{ id: a, on: message, keywords: [price], reply: The price is 20., once_per: false }',
    ],
    [
      'two rules that trigger each other',
      'self-trigger: "a" replies to its own reply by way of "b" when it is sent back: two programs would talk until the limit of 5 replies',
      '{ id: a, on: message, keywords: [ping], reply: pong, once_per: false }',
      '{ id: b, on: message, keywords: [pong], reply: ping }',
    ],
    [
      'a reply that a long comment makes too long',
      'too-long: the private_reply of "a" is too long when the contact writes 2200 characters: private_reply: 2206 bytes of UTF-8; instagram allows 1000',
      '{ id: a, on: comment, accounts: [shop-ig], keywords: [q], private_reply: "Said: {{ comment.text }}" }',
    ],
    [
      'a value that an account does not have',
      'missing-value: the reply of "a" cannot be rendered: reply: account.vars.site has no value here; give it one: {{ account.vars.site | default: "..." }}',
      '{ id: a, on: message, accounts: [shop-fb], keywords: [q], reply: "{{ account.vars.site }}" }',
    ],
    [
      'a name that some contacts do not have',
      'missing-value: the reply of "a" cannot be rendered when the contact has no name: reply: contact.first_name has no value here; give it one: {{ contact.first_name | default: "..." }}',
      '{ id: a, on: message, keywords: [q], reply: "Hi {{ contact.first_name }}" }',
    ],
    [
      'two rules for the one private reply of a comment',
      'private-reply-spent: "a" continues to "b", and both send a private reply: a comment has only one, so that of "b" is left out',
      '{ id: a, on: comment, keywords: [guide], continue: true, private_reply: One }',
      '{ id: b, on: comment, keywords: [book], private_reply: Two }',
    ],
    [
      'a public reply to replies',
      'answered-reply: "a" replies publicly to a reply, but the API posts that under the first comment of the thread, where nobody sees whom it is for',
      '{ id: a, on: comment, keywords: [price], when: { all: [{ fact: is_reply, operator: equal, value: true }] }, comment_reply: "20 EUR." }',
    ],
    [
      'a silent rule before one that replies',
      'silent-first: "thanks" is silent and comes before "price": a message that both match gets no reply',
      '{ id: thanks, on: message, keywords: [thanks], silent: true }',
      PRICE,
    ],
    [
      'a silent rule before one whose reply waits for a person',
      'silent-first: "thanks" is silent and comes before "price": a message that both match gets no reply',
      '{ id: thanks, on: message, keywords: [thanks], silent: true }',
      PRICE.replace('{', '{ mode: approve,'),
    ],
    [
      'a list of choices in which a number has two meanings',
      'ambiguous-choice: choice: "3" may mean "3 months" or number 3 of the list, "12 months", and is read as "3 months"',
      '{ id: a, on: message, keywords: [plan], reply: "How long?", then: [{ ask: { expect: { choice: [3 months, 6 months, 12 months] } } }] }',
    ],
    [
      'a list of choices in which the meaning of a number is unclear',
      'ambiguous-choice: choice: "2" may mean "2 people" or number 2 of the list, "2 to 4 people", and the contact is asked again',
      '{ id: a, on: message, keywords: [plan], reply: "How many?", then: [{ ask: { expect: { choice: [2 people, 2 to 4 people, more] } } }] }',
    ],
  ])('%s', async (_, expected, ...rules) => {
    expect(await warnings(...rules)).toEqual([expected]);
  });

  it('a keyword shared with a silent rule, at both rules', async () => {
    expect(await warnings('{ id: quiet, on: message, keywords: [price], silent: true }', PRICE)).toEqual([
      'silent-first: "quiet" is silent and comes before "price": a message that both match gets no reply',
      'duplicate-keyword: the keyword "price" does nothing for "price": wherever it matches, "quiet" silences the event first',
    ]);
  });

  it('a text that names the next opening of a calendar whose dates run out', async () => {
    const config = CONFIG.replace(
      'never: {',
      'market: { timezone: Europe/Paris, open: { mon: [] }, special: { 2026-12-05: ["09:00-12:00"] } }\n  never: {',
    );
    const rule = (text: string) => `rules:\n  - { id: a, on: message, keywords: [q], reply: "${text}" }`;
    const next = "Back {{ hours.market.next_open | date: '%A' }}";
    const found = async (text: string) => {
      const all = await findingsOf(`version: 1\n${rule(text)}`, config);
      return all.filter(({ code }) => code !== 'unused-calendar');
    };
    const [missing] = await found(next);
    expect(missing).toMatchObject({ code: 'missing-value', example: { at: '2026-12-08T09:00:00.000Z' } });
    expect(missing?.message).toContain('when it is 2026-12-08, past 2026-12-05 of the calendar "market"');
    expect(await found(next.replace(' | date', " | default: 'soon' | date"))).toEqual([]);
  });

  describe('lint warns of a message outside the messaging window, which', () => {
    const funnel = (more: string) =>
      `{ id: f, on: comment, keywords: [guide], private_reply: "Colour?", ${more}, otherwise: { reply: "Bye" } }`;
    const anything = 'then: [{ ask: { expect: any, save: colour, within: 1h } }]';

    it('is sent to a contact who never wrote', async () => {
      expect(await warnings(funnel(anything))).toEqual([
        'outside-window: the reply in otherwise of "f" can never be sent: any answer is accepted, and without one no messaging window is open',
      ]);
      expect(await warnings(funnel(anything.replace('any,', 'email,')))).toEqual([]);
    });

    it('is sent after a silence as long as the window', async () => {
      const second = (within: string) =>
        `then: [{ ask: { expect: any, within: 1h } }, { ask: { text: "Size?", expect: any, within: ${within} } }]`;
      expect(await warnings(funnel(second('24h')))).toHaveLength(1);
      expect(await warnings(funnel(second('23h')))).toEqual([]);
    });

    it('stands behind a wait, or is a reminder, that can only end too late', async () => {
      const rule = (then: string, platforms = 'instagram, facebook') =>
        `{ id: w, on: message, platforms: [${platforms}], keywords: [hello], reply: Hi, then: [${then}] }`;
      const late = async (then: string) => (await warnings(rule(then))).map((each) => each.slice(0, 45));
      const wait = ['outside-window: the text behind this wait can n'.slice(0, 45)];
      const later = '{ wait: 20h }, { wait: 4h }, { reply: Still? }';
      expect(await late(later)).toEqual(wait);
      expect(await late(later.replace('4h', '3h'))).toEqual([]);
      expect(await late(later.replace('4h', '{ for: 4h, on_message: keep }'))).toEqual([]);
      expect(await late(later.replace('reply: Still?', 'tag: old'))).toEqual([]);
      expect(await late(`{ ask: { text: "Size?", expect: any } }, { wait: 20h }, { reply: Hm }`)).toEqual([]);
      const branch = (one: string) =>
        `{ if: { when: { fact: first_contact, operator: equal, value: true }, then: [{ wait: ${one} }], else: [{ wait: 25h }] } }, { reply: Still? }`;
      expect(await late(branch('1h'))).toEqual([]);
      expect(await late(branch('26h'))).toEqual(wait);
      const asks = (after: string) =>
        `{ wait: 20h }, { ask: { text: "Size?", expect: any, within: 23h, remind: { after: ${after}, text: "?" } } }`;
      expect(await late(asks('4h'))).toEqual(['outside-window: a reminder can never be sent:']);
      expect(await late(asks('3h'))).toEqual([]);
      expect(await warnings(rule(later, 'twitter'))).toEqual([]);
    });

    it('is delayed by a day', async () => {
      const rule = (more: string) =>
        `{ id: a, on: message, ${more} keywords: [hello], reply: { text: Hi, delay: 24h..24h } }`;
      expect(await warnings(rule('platforms: [instagram, facebook],'))).toEqual([
        'outside-window: the rule "a" delays this text beyond the messaging window of the platform, which closes 24 h after the message of the contact',
      ]);
      expect(await warnings(rule(''))).toEqual([]);
    });
  });

  it('too many rules without a keyword', () => {
    const rules = (count: number, more = '') =>
      Array.from(
        { length: count },
        (_, n) =>
          `{ id: r${n}, on: message, ${more}once_per: 1h, continue: true, when: { fact: weekday, params: { calendar: shop }, operator: equal, value: ${n % 2 ? 'mon' : 'tue'} }, reply: Hi }`,
      );
    // Runs this check alone, because the others would take long with this many rules.
    const found = (written: readonly string[]) => {
      const text = `version: 1\nrules:\n${written.map((rule) => `  - ${rule}\n`).join('')}`;
      return unindexed(aProjectOf(text)).map(({ code, message }) => `${code}: ${message}`);
    };
    expect(found(rules(50))).toEqual([]);
    expect(found(rules(102, 'platforms: [instagram], '))).toEqual([
      'many-without-keywords: 51 rules without a keyword are evaluated for every message to "shop-ig", which makes each slow',
    ]);
    expect(found(rules(102, 'keywords: [price], '))).toEqual([]);
  });

  it('conditions on hours that are always or never true', async () => {
    const rule = (calendar: string) =>
      `{ id: ${calendar}, on: message, keywords: [${calendar}], when: { fact: hours, params: { calendar: ${calendar} }, operator: equal, value: open }, reply: Hi }`;
    expect(await warnings(rule('shop'), rule('never'), rule('always'))).toEqual([
      'impossible: the rule "never" can never apply: hours of never cannot fulfil all of its conditions at once',
      'constant-condition: this condition never holds: from now on the calendar "never" is closed at all times',
      'constant-condition: this condition always holds: from now on the calendar "always" is open at all times',
    ]);
  });
});

const SKY = CONFIG.replace('platform: twitter', 'platform: bluesky');

describe('lint of the configuration', () => {
  const codes = async (rules: string, config?: string) =>
    (await findingsOf(`version: 1\nrules:\n${rules}`, config)).map(
      ({ code, line, message }) => `${code} ${line}: ${message}`,
    );
  const hours = '{{ hours.shop.next_close }} {{ hours["never"].state }} {{ hours.always.state }}';

  it('warns of a rule that only reaches a platform on which nothing can be sent', async () => {
    const rules = `  - { id: a, on: message, reply: "${hours}" }\n  - { id: b, on: message, accounts: [shop-x], keywords: [x], priority: 1, reply: Hi }\n`;
    expect(await codes(rules.replaceAll('"never"', "'never'"), SKY)).toEqual([
      'cannot-send 4: the rule "b" only reaches bluesky, and nothing can be sent there',
    ]);
  });

  it('warns of a rule for a platform without an account', async () => {
    const rules = `  - { id: a, on: message, reply: "${hours}" }\n  - { id: b, on: message, platforms: [twitter], keywords: [x], reply: Hi }\n`;
    expect(await codes(rules.replaceAll('"never"', "'never'"), SKY)).toEqual([
      'never-matches 4: the rule "b" can never apply: no account is on twitter',
    ]);
  });

  it('warns of accounts that no enabled rule reaches and calendars that nothing uses', async () => {
    expect(await codes('  - { id: a, on: message, platforms: [instagram, facebook], reply: Hi }\n')).toEqual([
      'idle-account 6: no enabled rule reaches the account "shop-x": it never replies',
      'unused-calendar 8: no rule uses the calendar "shop"',
      'unused-calendar 9: no rule uses the calendar "never"',
      'unused-calendar 10: no rule uses the calendar "always"',
    ]);
  });

  it('reports once that no rule is enabled', async () => {
    const [first, ...others] = await codes('  - { id: a, on: message, enabled: false, reply: Hi }\n');
    expect(first).toContain('no-rule 1: no rule is enabled, so nothing gets a reply');
    expect(others.filter((each) => each.startsWith('idle'))).toEqual([]);
  });
});

it('a finding shows its place, an example event, and the fix', async () => {
  const text =
    'version: 1\nrules:\n  - id: a\n    on: message\n    keywords: { any: [a], match: contains }\n    reply: Hi\n';
  const finding = (await findingsOf(text)).find(({ code }) => code === 'short-keyword');
  expect(finding && formatFinding(finding)).toBe(
    [
      'faq.yaml:5:23: warning: the rule "a" also matches "a" inside longer words, by chance',
      '    3 |   - id: a',
      '    4 |     on: message',
      '  > 5 |     keywords: { any: [a], match: contains }',
      '      |                       ^',
      '    6 |     reply: Hi',
      '  example: message "information" by Ana Lima to shop-ig: the rule applies, though "a" is not a word of the text',
      '  fix: Write match: word.',
    ].join('\n'),
  );
});

describe('examples that do not serve their rule', () => {
  const SHIPPING = 'how long does shipping take, when will my order arrive, how many days until delivery';
  const BACK = 'can i send it back, how do returns work, i want to return my order, can i get my money back';
  const rule = (id: string, examples: string, more = ''): string =>
    `{ id: ${id}, on: message, certainty: bold, examples: [${examples}], ${more}reply: Hi }`;

  it.each<[code: string, rules: readonly string[], message: RegExp]>([
    ['few-examples', [rule('a', SHIPPING)], /"a" has 3 examples/u],
    ['one-word-example', [rule('a', `${SHIPPING}, shipping`)], /"shipping" is a single word/u],
    [
      'duplicate-example',
      [rule('a', `${SHIPPING}, "How long does SHIPPING take?"`)],
      /in the rule "a" twice/u,
    ],
    [
      'shared-example',
      [rule('a', SHIPPING), rule('b', `${BACK}, when will my order arrive`)],
      /"when will my order arrive" of "a" is also one of another rule/u,
    ],
    [
      'example-taken',
      [rule('a', `${SHIPPING}, can i get the money back`), rule('b', BACK)],
      /"can i get the money back" of "a" is closer to "b"/u,
    ],
    [
      'not-answered',
      [
        rule(
          'a',
          ['soon', 'now', 'then', 'today', 'please'].map((end) => `where is my parcel ${end}`).join(),
          'not: [where is my parcel], ',
        ),
      ],
      /"where is my parcel" is in `not` of "a", but messages like it still get a reply \(score 0\.\d\d\)/u,
    ],
  ])('%s', async (code, rules, message) => {
    const found = (await warnings(...rules)).filter((each) => each.startsWith(`${code}:`));
    expect(found.join('\n')).toMatch(message);
  });

  it('are named, unless their own rule answers them', () => {
    const word = fc.constantFrom(...'when where order lamp'.split(' '));
    const example = fc.array(word, { minLength: 2, maxLength: 3 }).map((words) => words.join(' '));
    const examples = fc.array(example, { minLength: 3, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(examples, { minLength: 2, maxLength: 4 }), (lists) => {
        const rules = lists.map((each, at) => `  - ${rule(`r${at}`, each.join(', '))}\n`).join('');
        const parts = aProjectOf(`version: 1\nrules:\n${rules}`);
        const named = exampleFindings(parts)
          .map(({ message: said }) => said)
          .join('\n');
        for (const [at, each] of lists.entries()) {
          for (const text of each) {
            const event = anEvent({ account: 'shop-ig', platform: 'instagram', text });
            const meant = parts.set.meanings.read(event, new MessageText(text))?.meant ?? [];
            expect(meant.includes(`r${at}`) || named.includes(`the example "${text}" of "r${at}"`)).toBe(
              true,
            );
          }
        }
      }),
      { numRuns: draws(20), seed: 24 },
    );
  });
});
