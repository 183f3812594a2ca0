import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/domain/finding.js';
import type { Rule } from '../../src/domain/rule.js';
import { DAY, HOUR, SECOND } from '../../src/domain/time.js';
import { parseTexts } from '../../src/rules/load.js';
import { parseRules, type RuleContext, type RuleSet } from '../../src/rules/parse.js';
import { CONTEXT } from './context.js';

function parsed(text: string, context: RuleContext = CONTEXT): RuleSet {
  const checked = parseRules(`version: 1\n${text}`, 'faq.yaml', context);
  if (!checked.ok) throw new Error(checked.findings.map((finding) => finding.message).join('\n'));
  return checked.value;
}

function findings(text: string, context: RuleContext = CONTEXT): readonly Finding[] {
  const checked = parseRules(`version: 1\n${text}`, 'faq.yaml', context);
  return checked.ok ? [] : checked.findings;
}

/** One rule with the given keys beside id and kind. */
function rule(lines: string, on = 'message'): Rule | undefined {
  return parsed(`rules:\n  - id: a\n    on: ${on}\n${lines.replace(/^/gmu, '    ')}\n`).rules[0];
}

const NOTHING_KNOWN = { tags: [], fields: {} };

describe('a rule', () => {
  it('needs an id, a kind and a reply; the rest has defaults', () => {
    expect(rule('reply: Hello')).toEqual({
      id: 'a',
      on: 'message',
      platforms: [],
      accounts: [],
      posts: [],
      keywords: null,
      silent: false,
      when: null,
      priority: 0,
      actions: [{ type: 'reply', reply: { texts: ['Hello'], delay: null } }],
      oncePer: { scope: 'contact', time: HOUR },
      continue: false,
      enabled: true,
      effects: [],
      funnel: null,
      mode: 'live',
      place: { file: 'faq.yaml', line: 3, column: 9 },
    });
  });

  it('reads a list of keywords as any of them, as whole words', () => {
    const written = rule('keywords: [price, "how much"]\nreply: Hello')?.keywords;
    expect(written).toEqual(
      rule('keywords: { any: [price, how much], match: word }\nreply: Hello')?.keywords,
    );
    expect(written).toEqual({
      any: ['price', 'how much'],
      all: [],
      none: [],
      match: 'word',
      typos: 0,
      caseSensitive: false,
      accents: false,
    });
  });

  it.each(['"no"', "'yes'", '"true"', '"123"', 'nope', 'on sale', '3D', 'yes please'])(
    'accepts %s as a keyword',
    (keyword) => {
      expect(rule(`keywords: [${keyword}]\nreply: Hello`)?.keywords?.any).toEqual([
        keyword.replace(/["']/gu, ''),
      ]);
    },
  );

  it.each([
    'no',
    'No',
    'NO',
    'yes',
    'on',
    'off',
    'Y',
    'n',
    'true',
    'False',
    'null',
    '~',
    '12',
    '1.5',
    '0x1F',
  ])('refuses the keyword %s without quotes, wherever keywords are allowed', (keyword) => {
    const lists = [
      `keywords: [${keyword}]`,
      `keywords: { none: [${keyword}] }`,
      `when: { all: [{ fact: keywords, params: { any: [${keyword}] }, operator: equal, value: true }] }`,
    ];
    for (const list of lists) {
      const found = findings(`rules:\n  - { id: a, on: message, reply: Hello, ${list} }\n`);
      expect(found.map(({ code, fix }) => [code, fix])).toEqual([
        ['needs-quotes', `Put it in quotes: "${keyword}".`],
      ]);
    }
  });

  it.each([
    ['a duration is per contact', '24h', { scope: 'contact', time: DAY }],
    ['a duration per contact', '{ contact: 8h }', { scope: 'contact', time: 8 * HOUR }],
    ['a duration per conversation', '{ conversation: 1h }', { scope: 'conversation', time: HOUR }],
    ['forever', '{ contact: forever }', { scope: 'contact', time: Infinity }],
    ['false means no cooldown', 'false', null],
  ])('reads once_per: %s', (_, written, expected) => {
    expect(rule(`once_per: ${written}\nreply: Hello`)?.oncePer).toEqual(expected);
  });

  it('replies to a contact once per post by default', () => {
    expect(rule('comment_reply: Hello', 'comment')?.oncePer).toEqual({ scope: 'post', time: Infinity });
  });

  it.each([
    ['20s', { from: 20 * SECOND, to: 20 * SECOND }],
    ['20s..60s', { from: 20 * SECOND, to: 60 * SECOND }],
    ['0s..5s', { from: 0, to: 5 * SECOND }],
  ])('accepts the delay %s', (delay, expected) => {
    expect(rule(`reply: { one_of: [Hi, Hello], delay: ${delay} }`)?.actions).toEqual([
      { type: 'reply', reply: { texts: ['Hi', 'Hello'], delay: expected } },
    ]);
  });

  it.each([
    ['{ fr: Oui, en: { one_of: [Sure, Yeah] }, default: en }', []],
    [
      '{ fr: Oui, en: Sure }',
      ['texts by language need a default, for a contact whose language is not clear'],
    ],
    ['{ fr: Oui, default: en }', ['default: there is no text for "en"']],
    [
      '{ fr: Oui, default: fr, text: Sure }',
      ['a reply has exactly one of text, one_of and texts by language'],
    ],
  ])('checks the texts by language %s', (reply, expected) => {
    const found = findings(`rules:\n  - { id: a, on: message, reply: ${reply} }\n`);
    expect(found.map(({ message }) => message)).toEqual(
      expected.map((each) => expect.stringContaining(each) as string),
    );
  });

  it('reads texts by language, also of questions', () => {
    const ask =
      'ask: { fr: "Votre e-mail ?", en: "Your e-mail?", default: en, expect: email, retry: { fr: Encore, en: Again, default: en } }';
    const read = rule(`reply: { fr: Oui, default: fr }\nthen: [{ ${ask} }]`);
    expect(read?.actions[0]?.reply).toEqual({
      texts: ['Oui'],
      languages: { fr: ['Oui'] },
      fallback: 'fr',
      delay: null,
    });
    expect(read?.funnel?.steps).toMatchObject([
      {
        ask: {
          question: { texts: ['Your e-mail?'], fallback: 'en' },
          retry: 'Again',
          tries: 2,
          retryIn: { languages: { fr: ['Encore'] } },
        },
      },
    ]);
  });

  it.each(['-5s', '60s..20s', '20s..', '25h', '1s..2s..3s'])('refuses the delay %s', (delay) => {
    expect(
      findings(`rules:\n  - { id: a, on: message, reply: { text: Hi, delay: ${delay} } }\n`),
    ).toHaveLength(1);
  });

  it('that is disabled is checked like any other', () => {
    const found = findings(
      'rules:\n  - { id: a, on: message, enabled: false, reply: Hi, accounts: [nobody] }\n',
    );
    expect(found.map(({ code }) => code)).toEqual(['unknown-account']);
  });

  it('reports the place of a template error inside a text of several lines', () => {
    const checkTemplate = (text: string) => [
      { message: 'unknown name', fix: null, offset: text.indexOf('foo') },
    ];
    const [found] = findings(
      'rules:\n  - id: a\n    on: message\n    reply: |\n      Hello\n      you {{ foo }}\n',
      {
        ...CONTEXT,
        checkTemplate,
      },
    );
    expect(found).toMatchObject({ line: 7, column: 14 });
  });

  it('has all its templates checked for its own kind', () => {
    const seen: [string, string][] = [];
    const context: RuleContext = {
      ...CONTEXT,
      checkTemplate: (text, { kind }) => {
        seen.push([text, kind]);
        return [];
      },
    };
    parsed(
      'rules:\n  - { id: a, on: message, reply: { one_of: [A, B] } }\n  - { id: b, on: comment, comment_reply: C, private_reply: { text: D } }\n',
      context,
    );
    expect(seen).toEqual([
      ['A', 'message'],
      ['B', 'message'],
      ['D', 'comment'],
      ['C', 'comment'],
    ]);
  });

  it('has each keyword checked with its own options', () => {
    const context: RuleContext = {
      ...CONTEXT,
      checkKeyword: (keyword, { match }) =>
        match === 'regex' && keyword === '(' ? 'a bracket is not closed' : null,
    };
    const found = findings(
      'rules:\n  - { id: a, on: message, reply: Hi, keywords: { any: [ok, "("], match: regex } }\n',
      context,
    );
    expect(found.map(({ message }) => message)).toEqual(['keywords: "(": a bracket is not closed']);
  });
});

describe('buttons', () => {
  it('belong to any direct message', () => {
    const buttons = '[{ title: Open, url: "https://lumen.example/{{ text }}" }]';
    const made = rule(
      `keywords: [hi]\nprivate_reply: { text: Hi, buttons: ${buttons} }\nthen: [{ ask: { expect: any } }, { ask: { text: Which?, expect: any, buttons: ${buttons} } }, { reply: { text: Bye, buttons: ${buttons} } }]`,
      'comment',
    );
    const seen = JSON.stringify(made).match(
      /"buttons":\[\{"title":"Open","url":"https:\/\/lumen\.example\/\{\{ text \}\}"\}\]/gu,
    );
    expect(seen).toHaveLength(3);
  });

  it.each([
    ['[{ title: Open, url: "http://lumen.example" }]', 'url: the address of a button begins with https://'],
    [
      '[{ title: "A title of more than twenty", url: "https://lumen.example" }]',
      'title: 27 characters, and a button has 20 at most',
    ],
    ['[]', 'buttons: the list is empty'],
  ])('are refused: %s', (buttons, message) => {
    const found = findings(
      `rules:\n  - { id: a, on: message, keywords: [hi], reply: { text: Hi, buttons: ${buttons} } }`,
    );
    expect(found.map((each) => each.message)).toEqual([message]);
  });

  it('do not belong to a public reply', () => {
    const found = findings(
      'rules:\n  - { id: a, on: comment, keywords: [hi], comment_reply: { text: Hi, buttons: [{ title: A, url: "https://a.example" }] } }',
    );
    expect(found).toMatchObject([{ code: 'unknown-key' }]);
  });
});

describe('a split', () => {
  const steps = (split: string) =>
    rule(`keywords: [hi]\nreply: Hi\nthen: [{ split: ${split} }, { tag: z }]`)?.funnel?.steps;

  it('is a step with the places of its branches', () => {
    expect(
      steps('{ a: [{ tag: x }], b: { weight: 2.5, steps: [{ tag: y }] }, hold_out: 12.5% }'),
    ).toMatchObject([
      {
        type: 'split',
        name: 'a/b',
        holdOut: 0.125,
        branches: [
          { name: 'a', weight: 1, to: 1 },
          { name: 'b', weight: 2.5, to: 3 },
        ],
      },
      { type: 'tag', tags: ['x'] },
      { type: 'goto', to: 4 },
      { type: 'tag', tags: ['y'] },
      { type: 'tag', tags: ['z'] },
    ]);
  });

  it.each([
    ['{ a: [{ tag: x }] }', 'split: there is nothing to compare'],
    ['{ a: [{ tag: x }], hold_out: 0% }', 'split: hold_out is no share of the contacts'],
    ['{ a: [{ tag: x }], hold_out: half }', 'split: hold_out is no share of the contacts'],
    ['{ a: [{ tag: x }], b: 10% }', 'split: "b" has no steps'],
    [
      '{ a: [{ tag: x }], b: [{ split: { a: [{ tag: x }], b: [{ tag: y }] } }] }',
      'split: another split of the rule has the same branches',
    ],
    ['{ "a b": [{ tag: x }], b: [{ tag: y }] }', '"a b" is not the name of a branch'],
  ])('is refused: %s', (split, message) => {
    const found = findings(
      `rules:\n  - { id: a, on: message, keywords: [hi], reply: Hi, then: [{ split: ${split} }] }`,
    );
    expect(found.map((each) => each.message)).toContain(message);
  });
});

describe('the defaults of a rule file', () => {
  const FILE = `defaults: { on: message, platforms: [instagram], once_per: 2h, reply: Hello, keywords: { any: [a], match: exact } }
rules:
  - id: plain
  - { id: own, platforms: [facebook], keywords: [b], once_per: false, reply: Bye }
`;

  it('apply to each rule without the key', () => {
    expect(parsed(FILE).rules[0]).toMatchObject({
      on: 'message',
      platforms: ['instagram'],
      oncePer: { scope: 'contact', time: 2 * HOUR },
      keywords: { any: ['a'], match: 'exact' },
    });
  });

  it('are replaced as a whole by a key of the rule', () => {
    expect(parsed(FILE).rules[1]).toMatchObject({
      platforms: ['facebook'],
      oncePer: null,
      keywords: { any: ['b'], match: 'word' },
      actions: [{ type: 'reply', reply: { texts: ['Bye'] } }],
    });
  });

  it('are reported once for their own errors', () => {
    const found = findings(
      'defaults: { accounts: [nobody] }\nrules:\n  - { id: a, on: message, reply: A }\n  - { id: b, on: message, reply: B }\n',
    );
    expect(found.map(({ code, line }) => [code, line])).toEqual([['unknown-account', 2]]);
  });
});

describe('a group', () => {
  const shared = 'version: 1\ngroups: { thanks: [merci, danke], hot: ["501", "502"], shops: [shop-fb] }\n';
  const user = `version: 1
rules:
  - id: a
    on: comment
    keywords: { any: [hello, { group: thanks }, merci], none: [{ group: thanks }] }
    posts: [{ group: hot }, next]
    accounts: [{ group: shops }]
    when: { all: [{ fact: post, operator: in, value: [{ group: hot }, "503"] }, { fact: keywords, params: { any: [{ group: thanks }] }, operator: equal, value: true }] }
    comment_reply: Hi
`;
  const both = (texts: readonly string[]) =>
    parseTexts(
      texts.map((text, index) => ({ file: `${index}.yaml`, text })),
      CONTEXT,
    );

  it('stands for its texts in the lists of all files, each once', () => {
    const checked = both([user, shared]);
    if (!checked.ok) throw new Error(JSON.stringify(checked.findings));
    expect(checked.warnings).toEqual([]);
    expect(checked.value.rules[0]).toMatchObject({
      ...{ posts: ['501', '502', 'next'], accounts: ['shop-fb'] },
      keywords: { any: ['hello', 'merci', 'danke', 'merci'], none: ['merci', 'danke'] },
      when: { all: [{ value: ['501', '502', '503'] }, { params: { any: ['merci', 'danke'] } }] },
    });
    // A warning about a text of a group in another file points at its name.
    const at = (index: number) =>
      checked.value.point('a', ['keywords', 'any', index], { code: 'x', message: 'x' });
    expect([1, 2, 3].map((index) => at(index).column)).toEqual([30, 30, 49]);
  });

  it('has one name in all files', () => {
    const twice = both([shared, shared, user]);
    expect(
      twice.ok ? [] : twice.findings.map(({ code, file, message }) => [code, file, message]),
    ).toContainEqual([
      'duplicate-group',
      '1.yaml',
      'groups: "thanks" is already the name of another group, in 0.yaml:2',
    ]);
    const none = both([user]);
    expect(none.ok ? null : none.findings[0]).toMatchObject({
      ...{ code: 'unknown-group', line: 5, fix: expect.stringMatching(/^Define it at the top/u) as string },
    });
  });
});

describe('the order of rules', () => {
  it('is by priority, then position', () => {
    const { rules } = parsed(
      'rules:\n  - { id: c, on: message, reply: x, priority: -1 }\n  - { id: b, on: message, reply: x }\n  - { id: a, on: message, reply: x }\n  - { id: d, on: message, reply: x, priority: 5 }\n',
    );
    expect(rules.map(({ id }) => id)).toEqual(['d', 'b', 'a', 'c']);
  });
});

describe('a condition', () => {
  const when = (text: string, context: RuleContext = CONTEXT) =>
    parsed(`rules:\n  - id: a\n    on: message\n    reply: Hi\n    when: ${text}\n`, context).rules[0]?.when;

  it('keeps its tree structure', () => {
    const tree =
      '{ any: [{ not: { fact: kind, operator: equal, value: comment } }, { all: [{ fact: post, operator: in, value: ["1"] }] }] }';
    expect(when(tree)).toEqual({
      any: [
        { not: { fact: 'kind', operator: 'equal', value: 'comment' } },
        { all: [{ fact: 'post', operator: 'in', value: ['1'] }] },
      ],
    });
  });

  it('on keywords has the default of every option', () => {
    expect(
      when('{ fact: keywords, operator: equal, value: true, params: { all: [a], case_sensitive: true } }'),
    ).toEqual({
      fact: 'keywords',
      operator: 'equal',
      value: true,
      params: { any: [], all: ['a'], none: [], match: 'word', typos: 0, caseSensitive: true, accents: false },
    });
  });

  it('on a time of the day has two digits for the hour, so that texts compare as times', () => {
    expect(
      when('{ fact: local_time, operator: lessThan, value: "9:05", params: { timezone: Asia/Tokyo } }'),
    ).toEqual({
      fact: 'local_time',
      operator: 'lessThan',
      value: '09:05',
      params: { timezone: 'Asia/Tokyo' },
    });
  });

  it('uses the only calendar when none is named', () => {
    const one = { ...CONTEXT, calendars: ['shop'] };
    expect(when('{ fact: hours, operator: equal, value: open }', one)).toMatchObject({
      params: { calendar: 'shop' },
    });
    expect(when('{ fact: weekday, operator: in, value: [sat, sun] }', one)).toMatchObject({
      params: { calendar: 'shop' },
    });
  });

  it.each([
    ['no calendar when there are two', '{ fact: hours, operator: equal, value: open }', 'missing-calendar'],
    [
      'a calendar and a time zone',
      '{ fact: weekday, operator: equal, value: mon, params: { calendar: shop, timezone: UTC } }',
      'params',
    ],
    [
      'a time zone for opening hours',
      '{ fact: hours, operator: equal, value: open, params: { timezone: UTC } }',
      'unknown-key',
    ],
    ['no list', '{ all: [] }', 'empty-list'],
    ['an empty list of values', '{ fact: text, operator: in, value: [] }', 'empty-list'],
    [
      'two groups of conditions side by side',
      '{ all: [{ fact: kind, operator: equal, value: message }], any: [{ fact: kind, operator: equal, value: message }] }',
      'condition',
    ],
    [
      'a group with an operator',
      '{ all: [{ fact: kind, operator: equal, value: message }], operator: equal }',
      'condition',
    ],
    ['a number as text', '{ fact: text, operator: equal, value: 5 }', 'needs-quotes'],
    ['an unquoted no as text', '{ fact: text, operator: equal, value: no }', 'needs-quotes'],
    ['a text for a boolean', '{ fact: is_reply, operator: equal, value: "false" }', 'wrong-type'],
    ['an ordering of texts', '{ fact: text, operator: greaterThan, value: a }', 'unknown-value'],
    ['a path on a fact without parts', '{ fact: text, operator: equal, value: a, path: name }', 'path'],
    ['a contact without a path', '{ fact: contact, operator: equal, value: Ana }', 'missing-key'],
    ['a path with a filter', '{ fact: contact, path: "name[?(1)]", operator: equal, value: Ana }', 'path'],
    [
      'params on a fact without any',
      '{ fact: kind, operator: equal, value: message, params: { a: 1 } }',
      'unknown-key',
    ],
    ['keywords without params', '{ fact: keywords, operator: equal, value: true }', 'missing-key'],
    ['an unknown fact', '{ fact: mood, operator: equal, value: good }', 'unknown-value'],
    ['a tag of two words', '{ fact: tags, operator: contains, value: "hot lead" }', 'wrong-value'],
    ['equality of all tags', '{ fact: tags, operator: equal, value: vip }', 'unknown-value'],
    [
      'a priority, which json-rules-engine would accept',
      '{ fact: kind, operator: equal, value: message, priority: 2 }',
      'unknown-key',
    ],
  ])('is refused with %s', (_, text, code) => {
    const found = findings(`rules:\n  - { id: a, on: message, reply: Hi, when: ${text} }\n`);
    expect(found.map((finding) => finding.code)).toEqual([code]);
  });

  it('is refused when it is nested too deeply', () => {
    const leaf = '{ fact: kind, operator: equal, value: message }';
    const nested = (levels: number) => '{ not: '.repeat(levels) + leaf + ' }'.repeat(levels);
    expect(findings(`rules:\n  - { id: a, on: message, reply: Hi, when: ${nested(10)} }\n`)).toEqual([]);
    expect(findings(`rules:\n  - { id: a, on: message, reply: Hi, when: ${nested(40)} }\n`)).toHaveLength(1);
  });
});

describe('a test in a rule file', () => {
  const RULE = 'rules:\n  - { id: a, on: message, reply: Hi }\n';

  it('is parsed with its place, events and expectation', () => {
    const { tests } = parsed(`${RULE}tests:
  - name: answers once
    events:
      - { text: hi, at: "2026-11-24T10:00:00+01:00", contact: { id: "7", name: Ana } }
      - { text: hi again }
    expect: { rule: a, reason: cooldown, reply: { contains: H, matches: "^H" }, comment_reply: Sent }
  - name: a post makes it a comment
    event: { text: hi, post: "501", is_reply: true }
    expect: silent
`);
    expect(tests[0]).toEqual({
      name: 'answers once',
      given: {
        replied: [],
        isKnown: false,
        humanAgo: null,
        optedOut: false,
        paused: false,
        privateReplyBy: null,
        branch: null,
        work: {},
        state: NOTHING_KNOWN,
      },
      events: [
        {
          kind: 'message',
          platform: null,
          account: null,
          wait: null,
          text: 'hi',
          at: Date.UTC(2026, 10, 24, 9),
          contact: { id: '7', name: 'Ana', username: null },
          post: null,
          isReply: false,
          isOwn: false,
          decidedAfter: 0,
          expect: null,
        },
        {
          kind: 'message',
          platform: null,
          account: null,
          wait: null,
          text: 'hi again',
          at: null,
          contact: { id: null, name: null, username: null },
          post: null,
          isReply: false,
          isOwn: false,
          decidedAfter: 0,
          expect: {
            silent: false,
            rule: 'a',
            reason: 'cooldown',
            texts: {
              reply: { equals: null, contains: 'H', matches: '^H' },
              comment_reply: { equals: 'Sent', contains: null, matches: null },
            },
            state: NOTHING_KNOWN,
            notBefore: null,
          },
        },
      ],
      place: { file: 'faq.yaml', line: 5, column: 5 },
    });
    expect(tests[1]).toMatchObject({
      events: [{ kind: 'comment', post: '501', isReply: true, expect: { silent: true } }],
    });
  });

  it.each([
    ['an event and events', 'event: { text: a }, events: [{ text: a }], expect: silent', 'test-event'],
    ['no event', 'expect: silent', 'test-event'],
    ['a message under a post', 'event: { text: a, on: message, post: "1" }, expect: silent', 'test-event'],
    [
      'an account on another platform',
      'event: { text: a, account: shop-ig, platform: facebook }, expect: silent',
      'test-event',
    ],
    ['an unknown account', 'event: { text: a, account: shop-gi }, expect: silent', 'unknown-account'],
    ['an unknown rule', 'event: { text: a }, expect: { rule: b }', 'unknown-value'],
    ['an unknown reason', 'event: { text: a }, expect: { reason: tired }', 'unknown-value'],
    ['an empty expectation', 'event: { text: a }, expect: {}', 'test-expect'],
    [
      'a time without an offset',
      'event: { text: a, at: "2026-11-24T10:00:00" }, expect: silent',
      'wrong-value',
    ],
    ...['2026-02-29', '2026-04-31', '2026-11-00', '2026-13-01', '2100-02-29'].map((day) => [
      `the day ${day}, which does not exist`,
      `event: { text: a, at: "${day}T10:00:00+01:00" }, expect: silent`,
      'wrong-value',
    ]),
    ['no expectation', 'event: { text: a }', 'test-expect'],
    ['two expectations of one event', 'events: [{ text: a, expect: silent }], expect: silent', 'test-expect'],
    [
      'an unknown rule that replied',
      'given: { replied: { b: 1h } }, event: { text: a }, expect: silent',
      'unknown-value',
    ],
    [
      'an unknown rule in the expectation of one event',
      'events: [{ text: a, expect: { rule: b } }, { text: c }], expect: silent',
      'unknown-value',
    ],
    ['an invalid duration', 'given: { human: often }, event: { text: a }, expect: silent', 'wrong-value'],
    ['an invalid not_before', 'event: { text: a }, expect: { not_before: soon }', 'wrong-value'],
  ])('is refused with %s', (_, text, code) => {
    const found = findings(`${RULE}tests:\n  - { name: t, ${text} }\n`);
    expect(found.map((finding) => finding.code)).toEqual([code]);
  });
});
