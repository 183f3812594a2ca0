import { describe, expect, it } from 'vitest';
import type { ExampleSpec } from '../../src/domain/meaning.js';
import type { Rule } from '../../src/domain/rule.js';
import { MINUTE } from '../../src/domain/time.js';
import { compileSet } from '../../src/engine/rule-set.js';
import { sealedWords } from '../../src/suggest/journal.js';
import { shareDifference, wilson } from '../../src/domain/wilson.js';
import { adviceOf, precisions } from '../../src/suggest/precision.js';
import { judgedOf, sampleOf } from '../../src/suggest/sample.js';
import { suggest, type SuggestInput } from '../../src/suggest/suggest.js';
import { suggestionsText } from '../../src/suggest/text.js';
import { OWN_SET } from '../../bench/meaning/own-set.js';
import { parseRules } from '../../src/rules/parse.js';
import { aComment, anEvent, aRule, TUESDAY } from '../builders.js';

const CONTEXT = { accounts: [], calendars: [], checkTemplate: () => [], checkKeyword: () => null };
const BOLD = { not: [], certainty: 'bold', languages: [], mode: 'live', isRanked: false } as const;

function like(id: string, texts: readonly string[], spec: Partial<ExampleSpec> = {}): Rule {
  return aRule({ id, keywords: null, examples: { ...BOLD, texts, ...spec } });
}

/** Each text from a contact of its own, a minute apart. */
function messages(texts: readonly string[], make = anEvent) {
  return texts.map((text, n) => {
    const contact = { id: `p${n}`, name: null, username: null };
    return make({ sourceId: `m${n}-${text}`, text, contact, at: TUESDAY + n * MINUTE });
  });
}

function input(texts: readonly string[], more: Partial<SuggestInput> = {}): SuggestInput {
  const events = messages(texts);
  return {
    unanswered: events,
    recent: events,
    rules: [],
    compile: (rules) => compileSet(rules, [], () => null),
    sealed: new Set(),
    limit: 10,
    onProgress: () => undefined,
    ...more,
  };
}

const REFUND = [
  'can i get my money back',
  'i want my money back',
  'please give me my money back',
  'how do i get my money back',
  'i need my money back for the lamp',
  'when do i get the money back',
];
const CHATTER = ['so pretty', 'back from the beach', 'money is tight this month', '👍', '12345'];
const FRANCHISE = ['franchise?', 'about franchise', 'franchise please', 'Franchise in Lisbon'];

describe('unanswered messages', () => {
  it('that resemble each other become a new rule by examples, named by their own words', async () => {
    const found = await suggest(input([...CHATTER, ...REFUND]));
    expect(found.proposals).toHaveLength(1);
    const [proposal] = found.proposals;
    expect(proposal).toMatchObject({
      change: { kind: 'rule', by: 'examples' },
      rule: 'money-back',
      on: 'message',
      group: { messages: 6, contacts: 6 },
      effects: { taken: [], lost: 0 },
      test: { isAnswered: true },
    });
    expect(proposal?.effects.answered).toBeGreaterThanOrEqual(proposal?.texts.length ?? 0);
    expect(proposal?.texts).not.toContain(proposal?.test.text);
    expect(found).toMatchObject({ alone: 3, wordless: 2, answeredNow: 0, measuredOn: 11 });
  });

  it('make a rule file that is valid, whose rules send nothing yet', async () => {
    const text = suggestionsText(await suggest(input(REFUND)));
    const read = parseRules(text, 'new.yaml', CONTEXT);
    expect(read.ok && read.value.rules.map(({ id, mode }) => [id, mode])).toEqual([['money-back', 'shadow']]);
    expect(read.ok && read.value.tests).toHaveLength(1);
  });

  it('do not depend on the order in which they were read', async () => {
    const texts = [...REFUND, ...CHATTER];
    const shown = async (events: SuggestInput['unanswered']) =>
      suggestionsText(await suggest({ ...input(texts), unanswered: events }));
    const events = messages(texts);
    expect(await shown(events.toReversed())).toBe(await shown(events));
  });

  it('with one word in common that no other message has become a rule by this keyword', async () => {
    expect((await suggest(input([...FRANCHISE, ...CHATTER]))).proposals).toMatchObject([
      { change: { by: 'words' }, rule: 'franchise', texts: ['franchise'], effects: { answered: 4 } },
    ]);
  });

  it('of other kinds are other rules: comments are not grouped with messages', async () => {
    const unanswered = [...messages(REFUND), ...messages(REFUND, aComment)];
    const { proposals } = await suggest({ ...input([]), unanswered });
    expect(proposals.map(({ on, group }) => [on, group.messages])).toEqual([
      ['message', 6],
      ['comment', 6],
    ]);
    expect(new Set(proposals.map(({ rule }) => rule)).size).toBe(2);
  });

  it('near a rule become its examples', async () => {
    const delivery = like('delivery', OWN_SET.topics.get('delivery')?.train ?? [], { certainty: 'careful' });
    const texts = ['how quick is your delivery', 'is your delivery quick', 'your delivery is how quick'];
    const { proposals } = await suggest(input(texts, { rules: [delivery] }));
    expect(proposals).toMatchObject([
      { change: { kind: 'example' }, rule: 'delivery', effects: { answered: 3, ofGroup: 3, lost: 0 } },
    ]);
    expect(suggestionsText(await suggest(input(texts, { rules: [delivery] })))).toContain(
      '# Add to the rule delivery',
    );
  });

  it('near a rule, but about something else, become its `not` if they are too few for a rule', async () => {
    const delivery = like('delivery', OWN_SET.topics.get('delivery')?.train ?? [], { certainty: 'careful' });
    const texts = Array.from({ length: 4 }, () => 'when will my subscription arrive');
    const { proposals } = await suggest(input(texts, { rules: [delivery] }));
    expect(proposals).toMatchObject([
      {
        change: { kind: 'not' },
        rule: 'delivery',
        texts: ['when will my subscription arrive'],
        effects: { answered: 0 },
        test: { isAnswered: false },
      },
    ]);
  });

  it('say what a proposal would take from other rules', async () => {
    const gifts = like('gifts', [
      'deliver it to a friend',
      'send it as a present',
      'a surprise for my mother',
    ]);
    const texts = Array.from({ length: 12 }, (_, n) => FRANCHISE[n % 4] ?? '');
    const both = 'deliver it to a friend, franchise';
    const { proposals, answeredNow } = await suggest(input([...texts, both], { rules: [gifts] }));
    expect(answeredNow).toBe(1);
    expect(proposals).toMatchObject([
      { rule: 'franchise', effects: { answered: 12, taken: [{ rule: 'gifts', n: 1 }] } },
    ]);
  });

  it('that were labelled, or hold an address or a number, are no examples', async () => {
    const [first = ''] = REFUND;
    const texts = [
      ...REFUND,
      'gift wrapping please, write to ana@example.org',
      'gift wrapping, call 5551234567',
    ];
    const { proposals } = await suggest(input(texts, { sealed: sealedWords([{ text: `${first}!` }]) }));
    expect(proposals[0]?.texts).not.toContain(first);
    expect(proposals[0]?.texts.join(' ')).not.toMatch(/@|\d/u);
  });
});

describe('judged messages', () => {
  const judged = (score: number, right: number, wrong: number) =>
    [...Array<boolean>(right).fill(true), ...Array<boolean>(wrong).fill(false)].map((isRight) => ({
      score,
      isRight,
    }));

  it('have a Wilson interval', () => {
    const [low, high] = wilson(8, 10) ?? [];
    expect(low).toBeCloseTo(0.4902, 3);
    expect(high).toBeCloseTo(0.9433, 3);
    expect(wilson(0, 0)).toBeNull();
    // Newcombe 1998, table II: 56 of 70 against 48 of 80, method 10.
    const difference = shareDifference([56, 70], [48, 80]);
    expect([difference?.low, difference?.high].map((each) => each?.toFixed(4))).toEqual(['0.0524', '0.3339']);
    expect(shareDifference([1, 2], [0, 0])).toBeNull();
  });

  it.each([
    ['bold', [...judged(0.5, 30, 0), ...judged(0.3, 10, 0)]],
    ['careful', [...judged(0.5, 30, 0), ...judged(0.34, 5, 20)]],
    ['off', judged(0.6, 5, 25)],
    ['judge_more', judged(0.6, 3, 0)],
  ] as const)('advise %s', (advice, all) => expect(adviceOf(precisions(all))).toBe(advice));

  it('are not asked again, and do not count once their words are an example', () => {
    const rule = like('delivery', OWN_SET.topics.get('delivery')?.train ?? []);
    const events = messages(['how long does the delivery take', 'is your shipping fast', 'so pretty']);
    const set = compileSet([rule], [], () => null);
    expect(sampleOf(events, rule, { set, labels: [] })).toHaveLength(2);
    const labels = events
      .slice(0, 1)
      .map(({ id, text }) => ({ eventId: id, text, rule: 'delivery', isRight: true }));
    expect(sampleOf(events, rule, { set, labels }).map(({ event }) => event.text)).toEqual([
      'is your shipping fast',
    ]);
    expect(judgedOf(events, rule, { set, labels })).toMatchObject({ judged: [{ isRight: true }], spent: 0 });
    const more = like('delivery', [...(rule.examples?.texts ?? []), events[0]?.text ?? '']);
    expect(judgedOf(events, more, { set, labels })).toEqual({ judged: [], spent: 1 });
  });
});
