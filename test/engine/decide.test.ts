import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../src/domain/calendar.js';
import type { InboundEvent } from '../../src/domain/event.js';
import type { Facts } from '../../src/domain/facts.js';
import type { Condition, Rule } from '../../src/domain/rule.js';
import { DAY, HOUR, MINUTE } from '../../src/domain/time.js';
import { decide, type Verdict } from '../../src/engine/decide.js';
import { type CompiledSet, compileSet } from '../../src/engine/rule-set.js';
import { aComment, anEvent, aRule, facts, keywords, TUESDAY } from '../builders.js';

const SHOP: Calendar = {
  name: 'shop',
  timezone: 'Europe/Paris',
  open: { tue: [{ from: 9 * 60, to: 12 * 60 }] },
  closed: [],
  special: {},
  holidays: null,
};

function ask(
  rules: readonly Rule[],
  event: InboundEvent = anEvent(),
  more: Partial<Facts> = {},
): Promise<Verdict> {
  return decide(event, facts(more), setOf(rules));
}

function setOf(rules: readonly Rule[]): CompiledSet {
  return compileSet(rules, [SHOP], () => null);
}

async function actors(
  rules: readonly Rule[],
  event?: InboundEvent,
  more?: Partial<Facts>,
): Promise<string[]> {
  return (await ask(rules, event, more)).acting.map(({ rule }) => rule.id);
}

async function holds(when: Condition, event?: InboundEvent, more?: Partial<Facts>): Promise<boolean> {
  const on = event?.kind ?? 'message';
  return (await actors([aRule({ on, keywords: null, when })], event, more)).length === 1;
}

const is = (fact: string, value: unknown, params?: Record<string, unknown>): Condition => ({
  fact,
  operator: 'equal',
  value,
  ...(params ? { params } : {}),
});

describe('rules of a rule set', () => {
  it.each([
    [
      'a message whose keyword is inside another word',
      anEvent({ text: 'shipping' }),
      { keywords: keywords({ any: ['hi'] }) },
    ],
    ['a comment, when the rule is for messages', aComment({ text: 'price' }), {}],
    ['another platform', anEvent({ platform: 'facebook' }), { platforms: ['instagram'] as const }],
    ['another account', anEvent({ account: 'other' }), { accounts: ['shop-ig'] }],
    [
      'a text with a keyword of `none`',
      anEvent({ text: 'price scam' }),
      { keywords: keywords({ any: ['price'], none: ['scam'] }) },
    ],
    ['a text that lacks one keyword of `all`', anEvent(), { keywords: keywords({ all: ['price', 'blue'] }) }],
    ['a comment under another post', aComment(), { on: 'comment' as const, keywords: null, posts: ['999'] }],
  ])('do not reply to %s', async (_, event, rule) => {
    expect(await actors([aRule(rule)], event)).toEqual([]);
  });

  it.each([
    ['a keyword in any case', anEvent({ text: 'the PRICE?' }), {}],
    ['`ETE` for the keyword `été`', anEvent({ text: 'ETE' }), { keywords: keywords({ any: ['été'] }) }],
    [
      'an emoji with a skin tone for the plain emoji',
      anEvent({ text: 'ok 👍🏽' }),
      { keywords: keywords({ any: ['👍'] }) },
    ],
    ['a word among Chinese characters', anEvent({ text: '我的price是' }), {}],
    [
      'every keyword of `all`',
      anEvent({ text: 'blue price' }),
      { keywords: keywords({ all: ['price', 'blue'] }) },
    ],
    ['the API’s id of the post', aComment(), { on: 'comment' as const, keywords: null, posts: ['501'] }],
    [
      'the platform’s id of the post',
      aComment(),
      { on: 'comment' as const, keywords: null, posts: ['p501'] },
    ],
  ])('reply to %s', async (_, event, rule) => {
    expect(await actors([aRule(rule)], event)).toEqual(['pricing']);
  });

  it('ignore replies to comments unless is_reply is a condition', async () => {
    const reply = aComment({ comment: { ...aComment().comment!, parentId: 'k0' } });
    const rule = aRule({ on: 'comment', keywords: null });
    expect(await actors([rule], reply)).toEqual([]);
    expect(await actors([rule], aComment())).toEqual(['pricing']);
    expect(await actors([{ ...rule, when: is('is_reply', true) }], reply)).toEqual(['pricing']);
  });

  it('act in their order, only the first one unless it has continue', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((id) => aRule({ id }));
    expect(await actors([a!, b!, c!])).toEqual(['a']);
    expect(await actors([{ ...a!, continue: true }, b!, c!])).toEqual(['a', 'b']);
  });

  it('are skipped when they are not enabled', async () => {
    expect(await actors([aRule({ enabled: false })])).toEqual([]);
  });

  it('in shadow mode never end the search', async () => {
    const verdict = await ask([aRule({ id: 'new', mode: 'shadow' }), aRule({ id: 'old' })]);
    expect(verdict.acting.map(({ rule }) => rule.id)).toEqual(['old']);
    expect(verdict.shadowing.map(({ rule }) => rule.id)).toEqual(['new']);
  });

  it('report which keyword matched, as the rule writes it, and the groups of a regex', async () => {
    const [plain] = (await ask([aRule({ keywords: keywords({ any: ['Été', 'Price'] }) })])).acting;
    expect(plain?.keyword).toBe('Price');
    const pattern = keywords({ any: ['order (?P<number>\\d+)'], match: 'regex' });
    const [regex] = (await ask([aRule({ keywords: pattern })], anEvent({ text: 'Order 66?' }))).acting;
    expect(regex?.groups).toEqual({ number: '66' });
  });
});

describe('conditions', () => {
  it.each([
    ['the kind of the event', is('kind', 'message')],
    ['the platform', is('platform', 'instagram')],
    ['the account', { fact: 'account', operator: 'in', value: ['shop-ig', 'x'] }],
    ['the whole text, ignoring case', is('text', 'PRICE?')],
    ['a part of the text', { fact: 'text', operator: 'contains', value: 'RICE' }],
    [
      'a part that the text does not contain',
      { fact: 'text', operator: 'doesNotContain', value: 'rice cake' },
    ],
    [
      'the contact’s name, ignoring case',
      { fact: 'contact', path: 'first_name', operator: 'equal', value: 'ANA' },
    ],
    ['a first contact', is('first_contact', true)],
    ['opening hours', is('hours', 'open', { calendar: 'shop' })],
    [
      'the local time',
      { fact: 'local_time', operator: 'lessThan', value: '10:01', params: { calendar: 'shop' } },
    ],
    [
      'the local time of another zone',
      { fact: 'local_time', operator: 'equal', value: '04:00', params: { timezone: 'America/New_York' } },
    ],
    ['the weekday', is('weekday', 'tue', { calendar: 'shop' })],
    ['keywords', is('keywords', true, { ...keywords({ any: ['price'] }) })],
    ['keywords that are absent', is('keywords', false, { ...keywords({ any: ['blue'] }) })],
    ['a negation', { not: is('platform', 'facebook') }],
    ['one of several alternatives', { any: [is('platform', 'facebook'), is('kind', 'message')] }],
  ] satisfies [string, Condition][])('support %s', async (_, condition) => {
    expect(await holds(condition)).toBe(true);
    expect(await holds({ not: condition })).toBe(false);
  });

  it("find a post by Blotato's id or the platform's", async () => {
    expect(await holds(is('post', '501'), aComment())).toBe(true);
    expect(await holds(is('post', 'p501'), aComment())).toBe(true);
    expect(await holds({ fact: 'post', operator: 'notEqual', value: 'p501' }, aComment())).toBe(false);
    expect(await holds({ fact: 'post', operator: 'notIn', value: ['7', '8'] }, aComment())).toBe(true);
  });

  it('use the opening hours at the time of the decision', async () => {
    const closed = is('hours', 'closed', { calendar: 'shop' });
    expect(await holds(closed, anEvent(), { now: TUESDAY + 2 * HOUR })).toBe(true);
  });
});

describe('cooldowns', () => {
  const answered = (more: object = {}) => ({
    replies: [
      {
        rule: 'pricing',
        conversationId: 'c1',
        postId: '501',
        at: TUESDAY - 30 * MINUTE,
        times: 1,
        isShadow: false,
        ...more,
      },
    ],
  });

  it('silence a rule for their duration, and no longer', async () => {
    expect(await actors([aRule()], anEvent(), answered())).toEqual([]);
    expect(await actors([aRule()], anEvent(), answered({ at: TUESDAY - HOUR }))).toEqual(['pricing']);
    expect(await actors([aRule({ oncePer: null })], anEvent(), answered())).toEqual(['pricing']);
  });

  it('treat comments without an author as different people', async () => {
    const rule = aRule({ on: 'comment', keywords: null, oncePer: { scope: 'post', time: Infinity } });
    const nobody = { id: '', name: null, username: null };
    expect(await actors([rule], aComment({ contact: nobody }), answered())).toEqual(['pricing']);
  });

  it('started by a rule in shadow only affect shadow rules', async () => {
    expect(await actors([aRule()], anEvent(), answered({ isShadow: true }))).toEqual(['pricing']);
    const verdict = await ask([aRule({ mode: 'shadow' })], anEvent(), answered({ isShadow: true }));
    expect(verdict).toMatchObject({ shadowing: [], cooling: { rule: 'pricing' } });
  });

  it('let later rules act, and are the reason when none does', async () => {
    expect(await actors([aRule(), aRule({ id: 'away' })], anEvent(), answered())).toEqual(['away']);
    const verdict = await ask([aRule()], anEvent(), answered());
    expect(verdict.cooling).toEqual({
      rule: 'pricing',
      note: 'replied 30 min ago; at most once in 1 h per contact',
    });
  });

  it('with one handle count the replies of each rule for all', async () => {
    const once = (handle: string) => ({ handle, scope: 'contact', time: DAY }) as const;
    const rules = (other: string): Rule[] => [
      aRule({ oncePer: once(other), keywords: keywords({ any: ['cost'] }) }),
      aRule({ id: 'shipping', oncePer: once('prices') }),
    ];
    expect(await actors(rules('prices'), anEvent(), answered())).toEqual([]);
    expect(await actors(rules('prices'), anEvent(), answered({ at: TUESDAY - DAY }))).toEqual(['shipping']);
    expect(await actors(rules('costs'), anEvent(), answered())).toEqual(['shipping']);
  });

  it('count per conversation or per post as configured', async () => {
    const perConversation = aRule({ oncePer: { scope: 'conversation', time: DAY } });
    expect(await actors([perConversation], anEvent(), answered())).toEqual([]);
    expect(await actors([perConversation], anEvent(), answered({ conversationId: 'c2' }))).toEqual([
      'pricing',
    ]);
    const perPost = aRule({ on: 'comment', keywords: null, oncePer: { scope: 'post', time: Infinity } });
    expect(await actors([perPost], aComment(), answered())).toEqual([]);
    expect(await actors([perPost], aComment(), answered({ postId: '502' }))).toEqual(['pricing']);
  });
});

describe('the trace of a decision', () => {
  it("names the first failed condition of each rule, and the event's value", async () => {
    const rules = setOf([
      aRule({ id: 'a', platforms: ['facebook', 'twitter'] }),
      aRule({ id: 'b', keywords: keywords({ any: ['blue', 'red'] }) }),
      aRule({ id: 'c', when: is('hours', 'closed', { calendar: 'shop' }) }),
      aRule({ id: 'd', keywords: keywords({ any: ['price'], none: ['price'] }) }),
      aRule({
        id: 'e',
        when: { any: [is('weekday', 'mon', { calendar: 'shop' }), is('first_contact', false)] },
      }),
      aRule({ id: 'f' }),
    ]);
    const { trace } = await decide(anEvent(), facts(), rules, { everyRule: true });
    expect(
      trace.rules.map(({ rule, outcome, failed }) => [rule, outcome, failed?.condition, failed?.actual]),
    ).toEqual([
      ['a', 'failed_condition', 'platform is one of facebook, twitter', 'instagram'],
      ['b', 'failed_condition', 'says one of blue, red', null],
      ['c', 'failed_condition', 'hours (shop) is closed', 'open'],
      ['d', 'failed_condition', 'not: says price', '"price"'],
      ['e', 'failed_condition', 'weekday (shop) is mon, or first_contact is false', 'tue'],
      ['f', 'acts', undefined, undefined],
    ]);
    expect(trace.words).toEqual(['price']);
  });

  it('keeps up to 30 rules that do not apply, and counts the rest', async () => {
    const price = keywords({ any: ['price'], none: ['price'] });
    const many = Array.from({ length: 50 }, (_, n) => aRule({ id: `r${n}`, keywords: price }));
    const { trace } = await ask([...many, aRule()]);
    expect(trace.rules).toHaveLength(31);
    expect(trace.rules.at(-1)).toMatchObject({ rule: 'pricing', outcome: 'acts' });
    expect(trace.rulesOmitted).toBe(20);
  });

  it('counts rules excluded by the index, and keeps the candidates', async () => {
    const blue = aRule({ id: 'blue', keywords: keywords({ any: ['blue'] }) });
    const almost = aRule({ id: 'almost', keywords: keywords({ any: ['price'], none: ['price'] }) });
    const { trace } = await ask([blue, almost, aRule(), { ...blue, id: 'later' }]);
    expect(trace.rules.map(({ rule }) => rule)).toEqual(['almost', 'pricing']);
    expect(trace.rulesOmitted).toBe(1);
    expect((await ask([blue, almost])).trace).toMatchObject({ rules: [{ rule: 'almost' }], rulesOmitted: 1 });
  });

  it('of few rules keeps also those that the index excludes, each with its failed condition', async () => {
    const blue = aRule({ id: 'blue', keywords: keywords({ any: ['blue'] }) });
    const closed = {
      fact: 'hours',
      params: { calendar: 'shop' },
      operator: 'equal',
      value: 'closed',
    } as const;
    const away = aRule({
      id: 'away',
      keywords: null,
      when: { is: 'fact', ...closed } as unknown as Condition,
    });
    const elsewhere = aRule({ id: 'elsewhere', platforms: ['facebook'] });
    const rules = [blue, elsewhere, away, aRule(), { ...blue, id: 'later' }];
    const few = await decide(anEvent(), facts(), setOf(rules), { everyRuleOfFew: true });
    expect(few.trace.rules.map(({ rule, failed }) => [rule, failed?.condition ?? null])).toEqual([
      ['blue', 'says blue'],
      ['elsewhere', expect.stringContaining('platform')],
      ['away', 'hours (shop) is closed'],
      ['pricing', null],
    ]);
    expect(few.trace.rulesOmitted).toBe(0);
    expect(few.acting).toEqual((await decide(anEvent(), facts(), setOf(rules))).acting);
    const many = Array.from({ length: 11 }, (_, n) => ({ ...blue, id: `r${n}` }));
    const { trace } = await decide(anEvent(), facts(), setOf(many), { everyRuleOfFew: true });
    expect(trace).toMatchObject({ rules: [], rulesOmitted: 11 });
  });

  it('also shows the rules after the one that acted, if all rules are requested', async () => {
    const set = compileSet([aRule({ id: 'a' }), aRule({ id: 'b' })], [], () => null);
    const { trace, acting } = await decide(anEvent(), facts(), set, { everyRule: true });
    expect(acting).toHaveLength(1);
    expect(trace.rules.map(({ outcome }) => outcome)).toEqual(['acts', 'not_reached']);
  });
});
