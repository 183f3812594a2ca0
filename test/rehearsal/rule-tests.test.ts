import { describe, expect, it } from 'vitest';
import { coverageOf } from '../../src/rehearsal/coverage.js';
import { runRuleTest, type TestOutcome } from '../../src/rehearsal/rule-tests.js';
import { TUESDAY } from '../builders.js';
import { aProjectOf } from '../lint/linted.js';
import { SETTLED, SETTLE_RULES } from '../vectors/settle.js';

const RULES = `version: 1
rules:
  - { id: pricing, on: message, keywords: { any: [price, cost], none: [free] }, reply: { text: "From 20 EUR.", delay: 20s }, once_per: 1h }
  - id: away
    on: message
    when: { any: [{ fact: hours, params: { calendar: shop }, operator: equal, value: closed }, { fact: text, operator: contains, value: closed }] }
    reply: "Later."
    continue: true
  - { id: known, on: message, keywords: [back], when: { fact: first_contact, operator: equal, value: false }, reply: "Welcome." }
  - { id: note, on: message, keywords: [note], reply: "Noted.", once_per: false }
  - { id: guide, on: comment, keywords: [guide], private_reply: "Here." }
`;

const OPEN = 'at: "2026-11-24T10:00:00+01:00"';

/** The outcomes of the tests, each written in a line. */
async function run(...tests: readonly string[]): Promise<TestOutcome[]> {
  const { config, set, rules, now } = aProjectOf(
    `${RULES}tests:\n` + tests.map((each) => `  - ${each}\n`).join(''),
  );
  return Promise.all(rules.tests.map((each) => runRuleTest(each, { config, set, now })));
}

it('a funnel that branches by the language, the only place that asks for it, takes the branch', async () => {
  const branch = (value: string, reply: string) =>
    `{ if: { when: { all: [{ fact: language, operator: equal, value: ${value} }] }, then: [{ reply: ${reply} }] } }`;
  const { config, set, rules, now } = aProjectOf(`version: 1
rules:
  - { id: a, on: message, keywords: [info], reply: "Ok", then: [${branch('fr', 'Bonjour')}, ${branch('en', 'Hello')}] }
tests:
  - { name: t, event: { text: "bonjour, je voudrais une info sur les prix" }, expect: { rule: a } }
`);
  const { rehearsed } = await runRuleTest(rules.tests[0]!, { config, set, now });
  expect(rehearsed.flatMap(({ decision }) => decision.actions.map(({ text }) => text))).toEqual([
    'Ok',
    'Bonjour',
  ]);
});

it('a funnel with a split takes the branch that a test names, and none of the steps behind it for those held out', async () => {
  const { config, set, rules, now } = aProjectOf(`version: 1
rules:
  - { id: a, on: message, keywords: [info], reply: "Ok", then: [{ split: { short: [{ reply: Brief }], long: { weight: 3, steps: [{ ask: { text: "How long?", expect: any } }] }, hold_out: 10% } }, { reply: Bye }] }
tests:
${['short', 'long', 'hold_out'].map((branch) => `  - { name: t, given: { branch: ${branch} }, event: { text: info, ${OPEN} }, expect: { rule: a } }`).join('\n')}
`);
  const told = async (index: number) => {
    const { rehearsed } = await runRuleTest(rules.tests[index]!, { config, set, now });
    return rehearsed.flatMap(({ decision }) => decision.actions.map(({ text }) => text));
  };
  expect([await told(0), await told(1), await told(2)]).toEqual([
    ['Ok', 'Brief', 'Bye'],
    ['Ok', 'How long?'],
    ['Ok'],
  ]);
});

describe('a rule test passes where', () => {
  it.each([
    [
      'a rule replied a moment ago',
      `{ name: t, given: { replied: pricing }, event: { text: price, ${OPEN} }, expect: { reason: cooldown } }`,
    ],
    [
      'the rule replied long enough ago',
      `{ name: t, given: { replied: { pricing: 2h } }, event: { text: price, ${OPEN} }, expect: { rule: pricing } }`,
    ],
    [
      'several rules replied',
      `{ name: t, given: { replied: [pricing, away] }, event: { text: price, at: "2026-11-22T10:00:00+01:00" }, expect: { reason: cooldown } }`,
    ],
    [
      'an event comes after a wait, when the cooldown is over',
      `{ name: t, events: [{ text: price, ${OPEN}, expect: { rule: pricing } }, { wait: 1h }, { text: price }], expect: { rule: pricing } }`,
    ],
    [
      'the contact wrote before',
      `{ name: t, given: { first_contact: false }, event: { text: back, ${OPEN} }, expect: { rule: known } }`,
    ],
    [
      'a human wrote',
      `{ name: t, given: { human: 10m }, event: { text: price, ${OPEN} }, expect: { reason: human_active } }`,
    ],
    [
      'a human wrote long ago',
      `{ name: t, given: { human: 13h }, event: { text: price, ${OPEN} }, expect: { rule: pricing } }`,
    ],
    [
      'the contact opted out',
      `{ name: t, given: { opted_out: true }, event: { text: price, ${OPEN} }, expect: { reason: opted_out } }`,
    ],
    [
      'replies are paused',
      `{ name: t, given: { paused: true }, event: { text: price, ${OPEN} }, expect: { reason: paused } }`,
    ],
    [
      'the private reply was already sent',
      `{ name: t, given: { private_reply: guide }, event: { text: guide, post: "1", ${OPEN} }, expect: { reason: private_reply_used } }`,
    ],
    [
      'the message is decided too late',
      `{ name: t, event: { text: price, ${OPEN}, decided_after: 25h }, expect: { reason: window_closed } }`,
    ],
    [
      'a human replies in between',
      `{ name: t, events: [{ text: hello, ${OPEN} }, { from: account, text: hi, at: "2026-11-24T10:01:00+01:00" }, { text: price, at: "2026-11-24T10:02:00+01:00" }], expect: { reason: human_active } }`,
    ],
    [
      'each event has what it expects',
      `{ name: t, events: [{ text: price, ${OPEN}, expect: { rule: pricing } }, { text: price, ${OPEN}, expect: { reason: cooldown } }, { text: STOP, ${OPEN} }, { text: price, ${OPEN}, expect: silent }] }`,
    ],
    [
      'a send is delayed',
      `{ name: t, event: { text: cost, ${OPEN} }, expect: { rule: pricing, not_before: 20s } }`,
    ],
    [
      'a send is delayed until a given time',
      `{ name: t, event: { text: cost, ${OPEN} }, expect: { not_before: "2026-11-24T10:00:20+01:00" } }`,
    ],
    [
      'the second of two rules that act is expected',
      `{ name: t, event: { text: note, at: "2026-11-22T10:00:00+01:00" }, expect: { rule: note } }`,
    ],
    [
      'a text matches',
      `{ name: t, event: { text: cost, ${OPEN} }, expect: { reply: { matches: "[0-9]+ EUR" } } }`,
    ],
  ])('%s', async (_, written) => {
    const [outcome] = await run(written);
    expect(outcome?.failures).toEqual([]);
  });
});

const BOOK =
  '{ id: book, on: message, keywords: [book], reply: "Which day?", then: [{ ask: { expect: any, save: day, within: 2h } }], otherwise: { reply: "We will call you." } }';

const WAITS = [
  '{ id: plan, on: message, keywords: [plan], reply: "Sure.", then: [{ wait: 30m }, { ask: { text: "When?", expect: any, remind: [{ after: 3h, text: "Last call." }, { after: 2h, text: "Hello?" }] } }, { reply: "Good." }], otherwise: { tag: lost } }',
  '{ id: keep, on: message, keywords: [keep], reply: "Sure.", then: [{ wait: { for: 1h, on_message: keep } }, { reply: "An hour later." }] }',
  '{ id: late, on: message, keywords: [late], reply: "Sure.", then: [{ wait: 25h }, { reply: "Too late." }] }',
].join(', ');

it.each([
  [
    '{ text: book }, { wait: 119m, expect: silent }, { wait: 1m, expect: { rule: book, reply: "We will call you." } }',
    [],
  ],
  [
    '{ text: book }, { wait: 1h, expect: { rule: book } }',
    ['event 3: expected something to happen, but nothing was due in 1 h'],
  ],
  // The reply, a wait, a question with reminders, and its end, though nothing was looked at in between.
  [
    '{ text: plan, expect: { reply: "Sure." } }, { wait: 29m, expect: silent }, { wait: 1m, expect: { rule: plan, reply: "When?" } }, { wait: 2h, expect: { reply: "Hello?" } }, { wait: 1h, expect: { reply: "Last call." } }, { wait: 21h, expect: { tags: [lost] } }',
    [],
  ],
  ['{ text: plan }, { wait: 30m }, { wait: 2d, expect: { reply: "Hello?" } }', []],
  ['{ text: plan }, { wait: 30m }, { text: today }, { wait: 2d, expect: silent }', []],
  ['{ text: plan }, { wait: 30m }, { text: "" }, { wait: 23h, expect: silent }', []],
  // A message during a wait ends the funnel.
  ['{ text: plan }, { text: thanks }, { wait: 1d, expect: silent }', []],
  ['{ text: keep }, { text: book, expect: { reply: "Which day?" } }, { wait: 1h, expect: silent }', []],
  ['{ text: keep }, { text: thanks }, { wait: 1h, expect: { rule: keep, reply: "An hour later." } }', []],
  // A human, and the end of the messaging window.
  [
    '{ text: keep }, { text: hello, from: account }, { wait: 1h, expect: { rule: keep, reason: human_active } }',
    [],
  ],
  ['{ text: late }, { wait: 25h, expect: { rule: late, reason: window_closed } }', []],
])('time passes while nobody writes: %s', async (steps, failures) => {
  const written = `version: 1\nrules: [${BOOK}, ${WAITS}]\ntests:\n  - { name: t, events: [{ text: hm, ${OPEN} }, ${steps}] }\n`;
  const { config, set, rules, now } = aProjectOf(written);
  const outcomes = await Promise.all(rules.tests.map((each) => runRuleTest(each, { config, set, now })));
  expect(outcomes.map((outcome) => outcome.failures)).toEqual([failures]);
});

describe('a rule test fails and shows the actual result', () => {
  it.each([
    [
      `{ name: t, event: { text: price, ${OPEN} }, expect: silent }`,
      ['expected silence, got pricing: "From 20 EUR."'],
    ],
    [
      `{ name: t, event: { text: hello, ${OPEN} }, expect: { rule: pricing } }`,
      ['expected rule pricing, got none (no_match)'],
    ],
    [
      `{ name: t, event: { text: price, ${OPEN} }, expect: { not_before: 1m } }`,
      ['expected no send before 2026-11-24T09:01:00.000Z, got one at 2026-11-24T09:00:20.000Z'],
    ],
    [
      `{ name: t, event: { text: hello, ${OPEN} }, expect: { not_before: 1m } }`,
      ['expected a send not before 2026-11-24T09:01:00.000Z, got none (no_match)'],
    ],
    [
      `{ name: t, events: [{ text: price, ${OPEN}, expect: silent }, { text: price, ${OPEN} }], expect: { rule: note } }`,
      [
        'event 1: expected silence, got pricing: "From 20 EUR."',
        'event 2: expected rule note, got pricing (cooldown)',
      ],
    ],
  ])('%s', async (written, failures) => {
    const [outcome] = await run(written);
    expect(outcome?.failures).toEqual(failures);
  });

  it('shows the decision about the first event that failed', async () => {
    const [outcome] = await run(
      `{ name: t, events: [{ text: one, ${OPEN} }, { text: price, ${OPEN}, expect: silent }, { text: three, ${OPEN} }], expect: silent }`,
    );
    expect(outcome?.last?.event.text).toBe('price');
  });
});

describe('coverage of rule tests', () => {
  async function missed(...tests: readonly string[]): Promise<string[]> {
    const { rules, compile } = aProjectOf(RULES);
    const rehearsed = (await run(...tests)).flatMap((outcome) => outcome.rehearsed);
    const parts = await coverageOf(rules.rules, rehearsed, compile);
    return parts
      .filter(({ isReached }) => !isReached)
      .map(({ rule, says }) => `${rule.id}${says === '' ? '' : ` ${says}`}`);
  }

  it('lists rules, keywords and branches that no test reaches', async () => {
    expect(await missed(`{ name: t, event: { text: price, ${OPEN} }, expect: { rule: pricing } }`)).toEqual([
      'pricing keyword "cost"',
      'pricing none: "free"',
      'away',
      'away when: alternative 1 of 2, hours equal "closed"',
      'away when: alternative 2 of 2, text contains "closed"',
      'known',
      'known keyword "back"',
      'note',
      'note keyword "note"',
      'guide',
      'guide keyword "guide"',
    ]);
  });

  it('is complete when each was reached once', async () => {
    expect(
      await missed(
        `{ name: a, event: { text: "price or cost", ${OPEN} }, expect: { rule: pricing } }`,
        `{ name: b, event: { text: "free price", ${OPEN} }, expect: silent }`,
        `{ name: c, given: { first_contact: false }, event: { text: "back, closed?", ${OPEN} }, expect: { rule: away } }`,
        `{ name: d, event: { text: note, at: "2026-11-22T10:00:00+01:00" }, expect: { rule: note } }`,
        `{ name: e, event: { text: guide, post: "1", ${OPEN} }, expect: { rule: guide } }`,
      ),
    ).toEqual([]);
  });
});

describe('messages that settle, in a rule test,', () => {
  const second = (n: number) => new Date(TUESDAY + n * 1000).toISOString();

  it.each(Object.entries(SETTLED))('are decided as by the program: %s', async (_, fragments) => {
    const events = fragments.map(({ at, text, reason, from = 'ana' }) => {
      const expected = reason === 'queued' ? 'replied' : reason;
      return `{ text: ${JSON.stringify(text)}, at: "${second(at)}", contact: { id: ${from} }, expect: { reason: ${expected} } }`;
    });
    const text = `${SETTLE_RULES}tests:\n  - { name: t, events: [${events.join(', ')}] }`;
    const { config, set, rules, now } = aProjectOf(text);
    const [outcome] = await Promise.all(rules.tests.map((each) => runRuleTest(each, { config, set, now })));
    expect(outcome?.failures).toEqual([]);
  });
});

describe('once_per: closing in a rule test', () => {
  const RULE = `version: 1
rules:
  - id: away
    on: message
    when: { fact: hours, params: { calendar: shop }, operator: equal, value: closed }
    reply: "Closed."
    once_per: { closing: shop }
`;
  // Friday the 27th from 18:00 to Monday the 30th at 09:00 is one closing.
  it.each([
    ['a weekend is one closing', ['27T19:00', '28T12:00', '29T23:00', '30T08:59'], [0]],
    ['the next evening is another closing', ['26T19:00', '27T08:00', '27T18:00', '27T23:00'], [0, 2]],
    ['the first message may come late in the closing', ['29T10:00', '30T08:00', '30T18:01'], [0, 2]],
  ] as const)('%s', async (_, times, answered) => {
    const events = times.map((time, index) => {
      const reason = (answered as readonly number[]).includes(index) ? 'replied' : 'cooldown';
      return `{ text: hi, at: "2026-11-${time}:00+01:00", expect: { reason: ${reason} } }`;
    });
    const text = `${RULE}tests:\n  - { name: t, events: [${events.join(', ')}] }`;
    const { config, set, rules, now } = aProjectOf(text);
    const [outcome] = await Promise.all(rules.tests.map((each) => runRuleTest(each, { config, set, now })));
    expect(outcome?.failures).toEqual([]);
  });
});
