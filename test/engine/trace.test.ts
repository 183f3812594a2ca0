import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../src/domain/calendar.js';
import type { RuleTrace } from '../../src/domain/decision.js';
import type { InboundEvent } from '../../src/domain/event.js';
import type { Facts } from '../../src/domain/facts.js';
import type { Condition, Rule } from '../../src/domain/rule.js';
import { HOUR, MINUTE } from '../../src/domain/time.js';
import { decide } from '../../src/engine/decide.js';
import { compileSet } from '../../src/engine/rule-set.js';
import { firstFailed } from '../../src/engine/trace.js';
import { aComment, anEvent, aRule, facts, keywords, TUESDAY } from '../builders.js';

const SHOP: Calendar = {
  name: 'shop',
  timezone: 'Europe/Paris',
  open: { tue: [{ from: 9 * 60, to: 12 * 60 }] },
  closed: [],
  special: {},
  holidays: null,
};

async function traceOf(
  rules: readonly Rule[],
  event: InboundEvent = anEvent(),
  more: Partial<Facts> = {},
): Promise<readonly RuleTrace[]> {
  const set = compileSet(rules, [SHOP], () => null);
  return (await decide(event, facts(more), set, { everyRule: true })).trace.rules;
}

async function failedOf(when: Condition, event?: InboundEvent): Promise<RuleTrace['failed']> {
  const on = event?.kind ?? 'message';
  const [rule] = await traceOf([aRule({ on, keywords: null, when })], event);
  return rule?.failed ?? null;
}

/** A long text that contains `part`. */
function matching(part: string | RegExp): string {
  return expect.stringMatching(part) as string;
}

const is = (fact: string, value: unknown, params?: Record<string, unknown>): Condition => ({
  fact,
  operator: 'equal',
  value,
  ...(params ? { params } : {}),
});

describe('the failed condition in a trace', () => {
  it("is the first in the order of the rule, with the event's value", async () => {
    const both: Condition = { all: [is('platform', 'facebook'), is('account', 'other')] };
    expect(await failedOf(both)).toEqual({
      condition: matching('facebook'),
      actual: 'instagram',
    });
    const second: Condition = { all: [is('platform', 'instagram'), is('account', 'other')] };
    expect(await failedOf(second)).toEqual({
      condition: matching('other'),
      actual: 'shop-ig',
    });
  });

  it('is found in nested conditions', async () => {
    const nested: Condition = {
      all: [is('platform', 'instagram'), { all: [is('kind', 'message'), is('account', 'other')] }],
    };
    expect(await failedOf(nested)).toMatchObject({ actual: 'shop-ig' });
  });

  it("lists all alternatives of `any`, each once, and the event's value", async () => {
    const any: Condition = { any: [is('account', 'one'), is('account', 'two'), is('account', 'two')] };
    const failed = await failedOf(any);
    expect(failed?.condition).toMatch(/one.*, or .*two/u);
    expect(failed?.actual).toBe('shop-ig');
    const mixed: Condition = {
      any: [{ all: [is('account', 'one'), is('kind', 'message')] }, is('account', 'two')],
    };
    const said = await failedOf(mixed);
    expect(said?.condition).toMatch(/^\(.*one.* and .*message.*\), or .*two.*$/u);
    expect(said?.actual).toBeNull();
  });

  it('describes a condition under `not`', async () => {
    const failed = await failedOf({ not: is('platform', 'instagram') });
    expect(failed).toEqual({ condition: matching(/^not: .*instagram/u), actual: null });
    const inside = await failedOf({
      not: { any: [is('platform', 'instagram'), { not: is('kind', 'message') }] },
    });
    expect(inside?.condition).toMatch(/^not: \(.*instagram.* or not: .*message.*\)$/u);
  });

  it.each([
    [{ none: ['prize'], typos: 1 }, 'What is the Price?', '"Price" is taken for "prize"'],
    [{ none: ['prize', 'thanks'], typos: 1 }, 'prices, thanks', '"thanks"'],
    [{ none: ['how much'], typos: 1 }, 'so, how mcuh?', '"how mcuh" is taken for "how much"'],
    [{ none: ['delivery', 'shipping'], typos: 2 }, 'dlivry, shiping', '"shiping" is taken for "shipping"'],
    [{ none: ['prize'], typos: 1 }, `${'word '.repeat(1_500)}price`, 'taken for "prize"'],
    [{ none: ['prize'] }, 'the PRIZE', '"prize"'],
    [{ none: [String.raw`pri[cz]e`], match: 'regex' }, 'price', '"pri[cz]e"'],
  ] as const)('says of %j which words of %j are excluded', async (spec, text, actual) => {
    const [rule] = await traceOf([aRule({ keywords: keywords(spec) })], anEvent({ text }));
    expect(rule?.failed).toEqual({ condition: matching(/^not: says /u), actual });
    const params = { ...keywords({ ...spec, none: [] }), any: spec.none } as Record<string, unknown>;
    expect((await failedOf({ not: is('keywords', true, params) }, anEvent({ text })))?.actual).toBe(actual);
  });

  it('shows a time as HH:MM', async () => {
    const late: Condition = {
      fact: 'local_time',
      operator: 'greaterThan',
      value: 20 * 60,
      params: { calendar: 'shop' },
    };
    expect(await failedOf(late)).toMatchObject({ actual: '10:00' });
  });

  it('shows booleans and missing values, and does not repeat the text', async () => {
    expect(await failedOf(is('first_contact', false))).toMatchObject({ actual: 'true' });
    expect(await failedOf(is('text', 'something else'))).toMatchObject({ actual: null });
    const [rule] = await traceOf([aRule({ keywords: keywords({ any: ['cost'] }) })]);
    expect(rule?.failed).toEqual({ condition: matching('cost'), actual: null });
  });

  it.each([
    [undefined, 'none'],
    [null, 'none'],
    [7, '7'],
    ['x', 'x'],
    [false, 'false'],
    [{ a: 1 }, null],
  ])('shows the value %j of a fact as %j', (factResult, actual) => {
    const leaf = { kind: 'leaf', says: 'it holds', fact: 'contact' } as const;
    expect(firstFailed(leaf, { result: false, factResult })).toEqual({ condition: 'it holds', actual });
  });

  it('is null where all conditions held', () => {
    const leaf = { kind: 'leaf', says: 'it holds', fact: 'kind' } as const;
    expect(firstFailed(leaf, { result: true })).toBeNull();
    expect(firstFailed({ kind: 'all', of: [leaf] }, { result: false, all: [{ result: true }] })).toBeNull();
    expect(firstFailed({ kind: 'all', of: [leaf] }, { result: false })).toBeNull();
  });
});

describe('the trace of a decision', () => {
  it('shows what each rule did, with its keyword', async () => {
    const rules = [
      aRule({ id: 'cooling' }),
      aRule({ id: 'trying', mode: 'shadow' }),
      aRule({ id: 'acting' }),
      aRule({ id: 'late' }),
      aRule({ id: 'other', keywords: keywords({ any: ['cost'] }) }),
    ];
    const given = { conversationId: 'c1', postId: null, times: 1, isShadow: false };
    const answers = [{ ...given, rule: 'cooling', at: TUESDAY - MINUTE }];
    const shown = await traceOf(rules, anEvent(), { replies: answers });
    expect(shown.map(({ rule, outcome, keyword, note }) => [rule, outcome, keyword, note])).toEqual([
      ['cooling', 'cooldown', 'price', 'replied 1 min ago; at most once in 1 h per contact'],
      ['trying', 'would_act_shadow', 'price', null],
      ['acting', 'acts', 'price', null],
      ['late', 'not_reached', 'price', 'applies, but an earlier rule acted'],
      ['other', 'failed_condition', null, null],
    ]);
  });

  it.each([
    ['contact', HOUR, 'at most once in 1 h per contact'],
    ['conversation', HOUR, 'at most once in 1 h per conversation'],
    ['post', Infinity, 'at most once ever per contact and post'],
  ] as const)('shows the cooldown of a rule per %s', async (scope, time, says) => {
    const rule = aRule({ on: 'comment', keywords: null, oncePer: { scope, time } });
    const answers = [
      {
        rule: 'pricing',
        conversationId: null,
        postId: '501',
        at: TUESDAY - MINUTE,
        times: 1,
        isShadow: false,
      },
    ];
    const [shown] = await traceOf([rule], aComment(), { replies: answers });
    expect(shown?.note).toBe(`replied 1 min ago; ${says}`);
  });

  it('groups messages of a rule per post under no post', async () => {
    const rule = aRule({ oncePer: { scope: 'post', time: HOUR } });
    const answers = [
      { rule: 'pricing', conversationId: 'c9', postId: null, at: TUESDAY, times: 1, isShadow: false },
    ];
    expect(await traceOf([rule], anEvent(), { replies: answers })).toMatchObject([{ outcome: 'cooldown' }]);
  });
});
