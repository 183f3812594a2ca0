import { describe, expect, it } from 'vitest';
import { type Condition, type KeywordSpec, NEXT_POST, type Rule } from '../../../src/domain/rule.js';
import { createFilters } from '../../../src/engine/index/filter.js';
import { aRule, keywords } from '../../builders.js';

/** The index filter of the rule: its keys, and per fact the possible values (`!`: all but these). */
function needsOf(more: Partial<Rule>): { keys: readonly string[] | null; facts: Record<string, string> } {
  const { keys, masks } = createFilters()(aRule({ keywords: null, ...more }));
  const facts = [...masks.values()].map(({ fact, params, in: { values, allBut } }) => {
    const name = Object.keys(params).length > 0 ? `${fact} ${JSON.stringify(params)}` : fact;
    return [name, `${allBut ? '!' : ''}${[...values].join()}`] as const;
  });
  return {
    keys:
      keys &&
      keys.map((key) => (key.kind === 'post' ? `post ${key.id}` : `${key.options.match} ${key.keyword}`)),
    facts: Object.fromEntries(facts),
  };
}

const says = (more: Partial<KeywordSpec>, operator = 'equal', value = true): Condition => ({
  fact: 'keywords',
  operator,
  value,
  params: { ...keywords(more) },
});
const is = (fact: string, value: unknown, operator = 'equal'): Condition => ({ fact, operator, value });
const keysOf = (more: Partial<Rule>) => needsOf(more).keys;
const factsOf = (when: Condition) => needsOf({ when }).facts;

describe('the index filter of a rule', () => {
  it('has its kind, and the values of its scope', () => {
    expect(needsOf({})).toEqual({ keys: null, facts: { kind: 'message' } });
    expect(needsOf({ on: 'comment', platforms: ['facebook', 'instagram'], accounts: ['a'] })).toEqual({
      keys: null,
      facts: { kind: 'comment', platform: 'facebook,instagram', account: 'a' },
    });
  });

  it('has its posts, but not for posts: [next]', () => {
    expect(keysOf({ posts: ['501', '502'] })).toEqual(['post 501', 'post 502']);
    expect(keysOf({ posts: ['501', NEXT_POST] })).toBeNull();
    expect(keysOf({ posts: [] })).toBeNull();
  });

  it('has its keywords: any of them, or all that must occur', () => {
    expect(keysOf({ keywords: keywords({ any: ['price', 'cost'] }) })).toEqual(['word price', 'word cost']);
    expect(keysOf({ keywords: keywords({ all: ['price', 'shipping'] }) })).toEqual(['word shipping']);
    expect(keysOf({ keywords: keywords({ any: [], none: ['spam'] }) })).toBeNull();
    expect(keysOf({ keywords: keywords({ any: ['price'], none: ['spam'] }) })).toEqual(['word price']);
  });

  it('ignores keywords that are empty after normalization', () => {
    expect(keysOf({ keywords: keywords({ any: ['\u200b'] }) })).toBeNull();
    expect(keysOf({ keywords: keywords({ any: ['price', '\u200b'] }) })).toBeNull();
    expect(keysOf({ keywords: keywords({ any: ['\u200b'], match: 'regex' }) })).toEqual(['regex \u200b']);
  });

  it.each<[string, Partial<KeywordSpec>, Partial<KeywordSpec>]>([
    ['a long word', { any: ['delivery'] }, { any: ['price'] }],
    ['a word', { any: ['price'] }, { any: ['price'], match: 'contains' }],
    ['a part', { any: ['deliv'], match: 'contains' }, { any: ['deliv.*'], match: 'regex' }],
    ['the whole text', { any: ['a'], match: 'exact' }, { any: ['price'] }],
    ['one word', { any: ['price'] }, { any: ['price', 'offer'] }],
    ['a word as it is', { any: ['price'] }, { any: ['price'], typos: 1 }],
    ['a pattern', { any: ['a.c'], match: 'regex' }, { any: ['a', 'b', 'c', 'd', 'e'] }],
    ['a word of twelve letters', { any: ['deliveryday1'] }, { any: ['a'] }],
  ])('uses the cheapest lookup: %s', (_, cheap, dear) => {
    const wanted = keysOf({ when: says(cheap) });
    expect(keysOf({ when: { all: [says(cheap), says(dear)] } })).toEqual(wanted);
    expect(keysOf({ when: { all: [says(dear), says(cheap)] } })).toEqual(wanted);
  });

  it('prefers a post to a word, and the first of two with equal cost', () => {
    expect(keysOf({ posts: ['501'], keywords: keywords({ any: ['price'] }) })).toEqual(['post 501']);
    expect(keysOf({ keywords: keywords({ all: ['price', 'offer'] }) })).toEqual(['word price']);
  });

  it('uses both lists of keywords when either suffices', () => {
    const when: Condition = { any: [says({ any: ['a'] }), says({ any: ['b'] })] };
    expect(keysOf({ when })).toEqual(['word a', 'word b']);
    expect(keysOf({ when: { any: [says({ any: ['a'] }), is('hours', 'open')] } })).toBeNull();
    expect(keysOf({ when: { any: [is('hours', 'open'), says({ any: ['a'] })] } })).toBeNull();
  });

  it('ignores keywords under `not`', () => {
    expect(keysOf({ when: { not: says({ any: ['a'] }) } })).toBeNull();
    expect(keysOf({ when: { not: { not: says({ any: ['a'] }) } } })).toEqual(['word a']);
    expect(keysOf({ when: says({ any: ['a'] }, 'equal', false) })).toBeNull();
    expect(keysOf({ when: says({ any: ['a'] }, 'notEqual', false) })).toEqual(['word a']);
    expect(keysOf({ when: says({ any: ['a'] }, 'notEqual', true) })).toBeNull();
    expect(keysOf({ when: { not: says({ any: ['a'] }, 'equal', false) } })).toEqual(['word a']);
  });

  it('uses conditions on a part of the text, or all of it', () => {
    expect(keysOf({ when: is('text', 'ab', 'contains') })).toEqual(['contains ab']);
    expect(keysOf({ when: is('text', 'ab') })).toEqual(['exact ab']);
    expect(keysOf({ when: is('text', ['ab', 'cd'], 'in') })).toEqual(['exact ab', 'exact cd']);
    expect(keysOf({ when: is('text', 'ab', 'doesNotContain') })).toBeNull();
    expect(keysOf({ when: is('text', 'ab', 'notEqual') })).toBeNull();
    expect(keysOf({ when: is('text', ['ab'], 'notIn') })).toBeNull();
    expect(keysOf({ when: { not: is('text', 'ab', 'doesNotContain') } })).toEqual(['contains ab']);
    expect(keysOf({ when: { not: is('text', 'ab', 'notEqual') } })).toEqual(['exact ab']);
    expect(keysOf({ when: { not: is('text', ['ab'], 'notIn') } })).toEqual(['exact ab']);
    expect(keysOf({ when: is('text', 5, 'greaterThan') })).toBeNull();
  });

  it('uses the post of a condition', () => {
    expect(keysOf({ when: is('post', '501') })).toEqual(['post 501']);
    expect(keysOf({ when: is('post', ['501', 502], 'in') })).toEqual(['post 501', 'post 502']);
    expect(keysOf({ when: is('post', '501', 'notEqual') })).toBeNull();
  });

  it('uses facts with few values', () => {
    expect(factsOf(is('hours', 'open'))).toEqual({ kind: 'message', hours: 'open' });
    expect(factsOf(is('weekday', ['mon', 'tue'], 'in'))).toMatchObject({ weekday: 'mon,tue' });
    expect(factsOf(is('weekday', ['mon', 'tue'], 'notIn'))).toMatchObject({ weekday: '!mon,tue' });
    expect(factsOf(is('first_contact', true, 'notEqual'))).toMatchObject({ first_contact: '!true' });
    expect(factsOf({ not: is('is_reply', true) })).toMatchObject({ is_reply: '!true' });
    expect(factsOf(is('hours', 'op', 'contains'))).toEqual({ kind: 'message' });
    expect(factsOf(is('contact.id', 'ana'))).toEqual({ kind: 'message' });
  });

  it('intersects the values under `all`, and unites those under `any`', () => {
    const mon = is('weekday', 'mon');
    const days = is('weekday', ['mon', 'tue'], 'in');
    const open = is('hours', 'open');
    expect(factsOf({ all: [days, mon, open] })).toMatchObject({ weekday: 'mon', hours: 'open' });
    expect(factsOf({ any: [days, { all: [is('weekday', 'sun'), open] }] })).toEqual({
      kind: 'message',
      weekday: 'mon,tue,sun',
    });
    expect(factsOf({ any: [mon, open] })).toEqual({ kind: 'message' });
    expect(factsOf({ not: { all: [mon, is('weekday', 'tue')] } })).toMatchObject({ weekday: '!' });
    expect(factsOf({ not: { any: [mon, is('weekday', 'tue')] } })).toMatchObject({ weekday: '!mon,tue' });
  });

  it('separates the same fact of two calendars', () => {
    const at = (calendar: string): Condition => ({
      fact: 'hours',
      operator: 'equal',
      value: 'open',
      params: { calendar },
    });
    expect(factsOf({ all: [at('shop'), at('school')] })).toEqual({
      kind: 'message',
      'hours {"calendar":"shop"}': 'open',
      'hours {"calendar":"school"}': 'open',
    });
  });

  it('ignores empty lists, which are true in json-rules-engine', () => {
    expect(keysOf({ when: { any: [] } })).toBeNull();
    expect(keysOf({ when: { all: [says({ any: ['a'] }), { any: [] }] } })).toEqual(['word a']);
    expect(keysOf({ when: { any: [says({ any: ['a'] }), { all: [] }] } })).toBeNull();
  });
});
