import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InboundEvent } from '../../src/domain/event.js';
import type { ExampleSpec } from '../../src/domain/meaning.js';
import type { Rule } from '../../src/domain/rule.js';
import { decide, type Verdict } from '../../src/engine/decide.js';
import { compileSet } from '../../src/engine/rule-set.js';
import { corpusOf, type ExampleRule } from '../../src/engine/meaning/corpus.js';
import { createModel } from '../../src/engine/meaning/model.js';
import { train } from '../../src/engine/meaning/train.js';
import { finish } from '../../src/domain/steps.js';
import { MessageText } from '../../src/engine/text/text.js';
import { answerIn } from '../../src/engine/expected.js';
import { parseRules } from '../../src/rules/parse.js';
import { OWN_SET } from '../../bench/meaning/own-set.js';
import { MEANINGS } from '../vectors/meanings.js';
import { aComment, anEvent, aRule, facts, keywords } from '../builders.js';

const CONTEXT = { accounts: [], calendars: [], checkTemplate: () => [], checkKeyword: () => null };

const BOLD: ExampleSpec = {
  texts: [],
  not: [],
  certainty: 'bold',
  languages: [],
  mode: 'live',
  isRanked: false,
};

function like(
  id: string,
  texts: readonly string[],
  more: Partial<Rule> = {},
  spec: Partial<ExampleSpec> = {},
): Rule {
  return aRule({ id, keywords: null, examples: { ...BOLD, texts, ...spec }, ...more });
}

/** The rules of the lamp shop. */
const SHOP = [...OWN_SET.topics].map(([id, { train: texts }]) => like(id, texts));
const [DELIVERY, RETURNS, HOURS] = SHOP;
if (!DELIVERY || !RETURNS || !HOURS) throw new Error('the set of our own has fewer than three topics');

function ask(
  rules: readonly Rule[],
  text: string,
  event: InboundEvent = anEvent({ text }),
): Promise<Verdict> {
  return decide(
    { ...event, text },
    facts(),
    compileSet(rules, [], () => null),
    { everyRule: true },
  );
}

async function actors(rules: readonly Rule[], text: string, event?: InboundEvent): Promise<string[]> {
  return (await ask(rules, text, event)).acting.map(({ rule }) => rule.id);
}

function modelOf(rules: readonly Rule[]) {
  return createModel(
    finish(train(corpusOf(rules.filter((rule): rule is Rule & ExampleRule => rule.examples !== undefined)))),
  );
}

describe('rules with examples do not reply to', () => {
  it.each([
    ['chatter', 'what a lovely picture'],
    ['a question about something else', 'who is the singer in your video'],
    ['an emoji', '👍👍'],
    ['a number', '12345'],
    ['nothing', ''],
  ])('%s', async (_, text) => {
    expect(await actors(SHOP, text)).toEqual([]);
  });

  it('messages without a letter', () => {
    const model = modelOf(SHOP);
    const noLetter = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/\p{L}/gu, ''));
    fc.assert(
      fc.property(noLetter, (text) => model.read(new MessageText(text)).verdict === 'nothing'),
      { numRuns: 300 },
    );
  });

  it('messages of `not`, or messages like them', async () => {
    const wary = like('delivery', DELIVERY.examples?.texts ?? [], {}, { not: ['my order never arrived'] });
    expect(await actors([wary], 'My order never arrived!')).toEqual([]);
    expect(await actors([wary, RETURNS], 'the order has never arrived')).toEqual([]);
  });

  it('messages that `none` of the keywords excludes', async () => {
    const rule = { ...DELIVERY, keywords: keywords({ any: [], none: ['lamp'] }) };
    expect(await actors([rule], 'how long until my lamp arrives')).toEqual([]);
    expect(await actors([rule], 'how long does it take to arrive')).toEqual(['delivery']);
  });

  it('messages below the certainty, which end as unsure with score and nearest example', async () => {
    const careful = like('delivery', DELIVERY.examples?.texts ?? [], {}, { certainty: 'careful' });
    const { acting, doubt } = await ask([careful, RETURNS], 'how quick is your delivery');
    expect(acting).toEqual([]);
    expect(doubt).toMatchObject({ reason: 'unsure', rule: 'delivery' });
    expect(doubt?.note).toMatch(/^score 0\.\d\d, and the rule needs 0\.45; nearest example ".*deliver.*"$/u);
  });

  it('messages that resemble two rules, which end as ambiguous and name both', async () => {
    const twin = like('twin', [...(DELIVERY.examples?.texts ?? []).slice(0, 7), 'tell me the delivery date']);
    const { acting, doubt } = await ask([DELIVERY, twin], 'how long does delivery take');
    expect(acting).toEqual([]);
    expect(doubt?.reason).toBe('ambiguous');
    expect(doubt?.note).toMatch(/but "(twin|delivery)" has 0\.\d\d/u);
  });

  it('messages for which another condition of the rule fails, without the reason unsure', async () => {
    const careful = like(
      'delivery',
      DELIVERY.examples?.texts ?? [],
      { accounts: ['other'] },
      { certainty: 'careful' },
    );
    expect((await ask([careful], 'how quick is your delivery')).doubt).toBeNull();
  });
});

describe('rules with examples', () => {
  it('reply to messages with the same meaning in other words, more often than not', async () => {
    const asked = [...OWN_SET.topics].flatMap(([id, { test }]) => test.map((text) => ({ id, text })));
    const set = compileSet(SHOP, [], () => null);
    const answers: string[] = [];
    for (const { id, text } of asked) {
      const { acting } = await decide(anEvent({ text }), facts(), set);
      answers.push(acting.length === 0 ? 'silent' : acting[0]?.rule.id === id ? 'right' : 'wrong');
    }
    const share = (wanted: string) => answers.filter((each) => each === wanted).length / asked.length;
    expect(share('right')).toBeGreaterThan(0.6);
    expect(share('wrong')).toBeLessThan(0.05);
  });

  it('reply to each of their examples, in any case and spelling of accents', async () => {
    const set = compileSet(SHOP, [], () => null);
    for (const rule of SHOP) {
      for (const text of rule.examples?.texts ?? []) {
        const { acting } = await decide(anEvent({ text: `${text.toUpperCase()}!!` }), facts(), set);
        expect(acting.map((each) => each.rule.id)).toEqual([rule.id]);
      }
    }
  });

  it('come after rules with keywords of any priority, unless they state a priority', async () => {
    const keyword = aRule({ id: 'word', keywords: keywords({ any: ['delivery'] }), priority: -50 });
    const text = 'how long does delivery take';
    expect(await actors([DELIVERY, keyword], text)).toEqual(['word']);
    const ranked = like('delivery', DELIVERY.examples?.texts ?? [], {}, { isRanked: true });
    expect(await actors([ranked, keyword], text)).toEqual(['delivery']);
  });

  it('come before a rule for every message', async () => {
    const keyword = aRule({ id: 'word', priority: -50 });
    const rest = aRule({ id: 'rest', keywords: null, priority: -100 });
    expect(await actors([DELIVERY, keyword, rest], 'how long does delivery take')).toEqual(['delivery']);
    expect(await actors([DELIVERY, keyword, rest], 'hello')).toEqual(['rest']);
  });

  it('reply once, although keyword and example match, and the keyword has precedence', async () => {
    const both = { ...DELIVERY, keywords: keywords({ any: ['parcel'] }), continue: true };
    const { acting } = await ask([both], 'how long does delivery of a parcel take');
    expect(acting.map(({ rule, keyword }) => [rule.id, keyword])).toEqual([['delivery', 'parcel']]);
    expect(await actors([both], 'how long does delivery take')).toEqual(['delivery']);
    const other = { ...HOURS, keywords: keywords({ any: ['today'] }) };
    expect(await actors([both, other], 'how long does delivery take today')).toEqual(['hours']);
  });

  it('are distinguished by opening hours if two rules have the same examples', async () => {
    const texts = DELIVERY.examples?.texts ?? [];
    const when = (value: boolean) => ({ fact: 'first_contact', operator: 'equal', value });
    const rules = [like('new', texts, { when: when(true) }), like('known', texts, { when: when(false) })];
    expect(await actors(rules, 'how long does the delivery take')).toEqual(['new']);
  });
});

describe('the fact meaning', () => {
  const when = (operator: string, value: unknown) => ({ fact: 'meaning', operator, value });
  const shadow = like('delivery', DELIVERY.examples?.texts ?? [], {}, { mode: 'shadow' });
  const text = 'how long does the delivery take';

  it.each([
    ['equal', 'delivery', ['other']],
    ['in', ['returns', 'delivery'], ['other']],
    ['notEqual', 'delivery', []],
    ['notIn', ['returns'], ['other']],
  ] as const)(
    '%s %j holds for the rule that is meant, in shadow mode too',
    async (operator, value, acting) => {
      const other = aRule({ id: 'other', keywords: null, when: when(operator, value) });
      expect(await actors([shadow, RETURNS, other], text)).toEqual(acting);
    },
  );

  it('is an answer to a question that expects it', async () => {
    const expected = { kind: 'meaning', rules: ['delivery', 'returns'] } as const;
    expect(await answerIn(text, expected, () => ['delivery'])).toBe('delivery');
    expect(await answerIn(text, expected, () => ['hours'])).toBeNull();
  });

  it('must name an enabled rule with examples', () => {
    const named = (rule: string) => {
      const file = { version: 1, rules: [{ id: 'a', on: 'message', reply: 'x', when: when('equal', 'm') }] };
      const found = parseRules(
        JSON.stringify({ ...file, rules: [...file.rules, JSON.parse(rule)] }),
        'a.yaml',
        CONTEXT,
      );
      return found.ok ? [] : found.findings.map(({ code }) => code);
    };
    const examples = '"on":"message","reply":"x","examples":["one","two","three"]';
    expect(named(`{"id":"m",${examples}}`)).toEqual([]);
    expect(named(`{"id":"n",${examples}}`)).toEqual(['unknown-meaning']);
    expect(named(`{"id":"m",${examples},"enabled":false}`)).toEqual(['unknown-meaning']);
    expect(named('{"id":"m","on":"message","reply":"x"}')).toEqual(['unknown-meaning']);
  });
});

describe('the model', () => {
  it('does not depend on the order of rules and examples, nor on their ids', () => {
    const text = new MessageText('could i get my money back for the lamp');
    const scores = (rules: readonly Rule[]) => {
      const { best, second } = modelOf(rules).read(text);
      return [best?.score, second?.score];
    };
    const plain = modelOf(SHOP);
    fc.assert(
      fc.property(fc.shuffledSubarray(SHOP, { minLength: SHOP.length }), fc.nat(7), (rules, by) => {
        const turned = rules.map((rule): Rule => {
          const texts = rule.examples?.texts ?? [];
          return {
            ...rule,
            id: `x-${rule.id}`,
            examples: { ...BOLD, texts: [...texts.slice(by), ...texts.slice(0, by)] },
          };
        });
        expect(modelOf(turned).hash).toBe(plain.hash);
        expect(scores(turned)).toEqual(scores(SHOP));
      }),
      { numRuns: 5 },
    );
  });

  it.each([
    ['comments', like('else', HOURS.examples?.texts ?? [], { on: 'comment' })],
    ['another platform', like('else', HOURS.examples?.texts ?? [], { platforms: ['facebook'] })],
    ['another account', like('else', HOURS.examples?.texts ?? [], { accounts: ['other'] })],
  ])('of a scope does not depend on rules for %s', async (_, foreign) => {
    const text = 'how quickly do you ship orders';
    const alone = await ask([DELIVERY, RETURNS], text);
    const beside = await ask([DELIVERY, foreign, RETURNS], text);
    expect(beside.trace.meaning).toEqual(alone.trace.meaning);
  });

  it('uses the languages that a rule states instead of those it detects', () => {
    const texts = ['lampen', 'wohnzimmerlampen', 'schöne lampen'];
    const stated = modelOf([like('lamps', texts, {}, { languages: ['de'] })]);
    const detected = modelOf([like('lamps', texts)]);
    const score = (model: typeof stated) => model.read(new MessageText('lampe')).scoreOf('lamps');
    expect(stated.hash).not.toBe(detected.hash);
    expect(score(stated)).toBeGreaterThan(score(detected));
  });

  it('does not depend on rules of another scope', async () => {
    const alone = await ask(SHOP, 'how quick is your delivery');
    const elsewhere = like('elsewhere', ['how quick is it', 'your delivery', 'quick delivery'], {
      on: 'comment',
    });
    const beside = await ask([...SHOP, elsewhere], 'how quick is your delivery');
    expect(beside.trace.meaning).toEqual(alone.trace.meaning);
  });

  it('compares a comment on a post with the rules for that post', async () => {
    const texts = ['send me the guide', 'i would like the guide please', 'where is the guide'];
    const one = like('one', texts, { on: 'comment', posts: ['501'] });
    const two = like('two', [...texts, 'guide me'], { on: 'comment', posts: ['502'] });
    expect(await actors([one, two], 'please send me the guide', aComment())).toEqual(['one']);
  });

  it('explains its score as a sum of words', async () => {
    const { trace } = await ask(SHOP, 'how long will the delivery to zanzibar take');
    const { best, words = [], unknown } = trace.meaning ?? {};
    expect(best?.rule).toBe('delivery');
    expect(words.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(best?.score ?? 0, 2);
    expect(unknown).toEqual(['zanzibar']);
  });
});

describe.each(MEANINGS)('in $language', ({ examples, messages, chatter }) => {
  const partsOf = (texts: Readonly<Record<string, string>>) =>
    Object.entries(texts).map(([id, text]) => [id, text.split('|')] as const);
  const model = modelOf(
    partsOf(examples).map(([id, texts]) => like(id, texts, {}, { certainty: 'careful' })),
  );
  const best = (text: string) => model.read(new MessageText(text));

  it('chatter gets no reply with certainty: careful', () => {
    const all = chatter.split('|');
    expect(all).toHaveLength(20);
    expect(all.filter((text) => best(text).meant.length > 0)).toEqual([]);
  });

  it('most of twenty messages score highest for the right rule, and no reply is of a wrong rule', () => {
    const asked = partsOf(messages).flatMap(([id, texts]) =>
      texts.map((text) => ({ id, text, read: best(text) })),
    );
    expect(asked).toHaveLength(20);
    expect(asked.filter(({ id, read }) => read.best?.rule === id).length).toBeGreaterThanOrEqual(15);
    expect(asked.filter(({ id, read }) => read.meant.some((meant) => meant !== id))).toEqual([]);
  });
});
