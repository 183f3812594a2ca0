import { describe, expect, it } from 'vitest';
import { findingsOf } from './linted.js';

/** Codes and beginnings of the warnings about a funnel. */
async function warnings(then: string, more = ''): Promise<string[]> {
  const rules = `version: 1
rules:
  - { id: f, on: message, keywords: [hello], reply: Hi, then: [${then}] }
  ${more}`;
  const found = await findingsOf(rules);
  return found.flatMap(({ code, message, line }) =>
    ['constant-branch', 'no-question'].includes(code) && line > 0 ? [`${code}: ${message}`] : [],
  );
}

const SIZE = '{ ask: { text: "Size?", expect: { choice: [small, large] }, save: size } }';
const field = (operator: string, value: string) =>
  `{ fact: field, path: size, operator: ${operator}, value: ${value} }`;
const branch = (when: string, then = '{ reply: A }', other = ', else: [{ reply: B }]') =>
  `{ if: { when: ${when}, then: [${then}]${other} } }`;

describe('a branch of a funnel that can never be taken', () => {
  const never = 'constant-branch: the branch then can never be taken: ';
  const always = 'constant-branch: the branch else can never be taken: the condition always holds';

  it.each([
    [
      'a calendar that never opens',
      branch('{ fact: hours, operator: equal, value: open, params: { calendar: never } }'),
      [`${never}hours of never cannot fulfil all of its conditions at once`],
    ],
    [
      'a calendar that never closes',
      branch('{ fact: hours, operator: equal, value: open, params: { calendar: always } }'),
      [always],
    ],
    [
      'two sizes at once',
      branch(`{ all: [${field('equal', 'small')}, ${field('equal', 'large')}] }`),
      [`${never}field.size cannot fulfil all of its conditions at once`],
    ],
    [
      'a size that cannot be chosen',
      `${SIZE}, ${branch(field('equal', 'medium'))}`,
      [`${never}field.size cannot fulfil all of its conditions at once`],
    ],
    ['one of all sizes', `${SIZE}, ${branch(field('in', '[small, large]'))}`, [always]],
    [
      'the opposite of the branch around it',
      branch(field('equal', 'small'), branch(field('equal', 'large'))),
      [`${never}field.size cannot fulfil all of its conditions at once`],
    ],
    [
      'the opposite in the else',
      branch(field('equal', 'small'), '{ reply: A }', `, else: [${branch(field('equal', 'small'))}]`),
      [`${never}field.size cannot fulfil all of its conditions at once`],
    ],
    [
      'another answer than that of its case',
      `{ ask: { text: "Size?", expect: { choice: [small, large] }, save: size, cases: { small: [${branch(field('equal', 'large'))}] } } }`,
      [`${never}field.size cannot fulfil all of its conditions at once`],
    ],
  ])('is found: %s', async (_, then, found) => {
    expect(await warnings(then)).toEqual(found);
  });

  it.each([
    [
      'a calendar that opens',
      branch('{ fact: hours, operator: equal, value: open, params: { calendar: shop } }'),
    ],
    ['a size that can be chosen', `${SIZE}, ${branch(field('equal', 'small'))}`],
    ['behind both branches', `${branch(field('equal', 'small'))}, ${branch(field('equal', 'large'))}`],
    [
      'behind a wait, in which the field may change',
      branch(field('equal', 'small'), `{ wait: 1h }, ${branch(field('equal', 'large'))}`),
    ],
    ['behind a set', `${SIZE}, { set: { size: medium } }, ${branch(field('equal', 'medium'))}`],
    [
      'behind the cases, where any answer leads',
      `{ ask: { text: "Size?", expect: { choice: [small, large] }, save: size, cases: { small: [{ reply: S }], else: [{ reply: L }] } } }, ${branch(field('equal', 'medium'))}`,
    ],
    ['another field', `${SIZE}, ${branch(field('equal', 'medium').replace('path: size', 'path: colour'))}`],
  ])('is not claimed of %s', async (_, then) => {
    expect(await warnings(then)).toEqual([]);
  });
});

describe('a step behind a branch that always ends', () => {
  const never =
    /this step is never reached, because the step (?:pause|handoff) before it silences the program/u;

  it.each([
    ['{ handoff: help }, { reply: Still? }'],
    ['{ pause: 2h }, { wait: 3h }, { reply: Well? }'],
    [`${branch(field('equal', 'small'), '{ handoff: help }', ', else: [{ pause: 3h }]')}, { reply: Still? }`],
    ['{ split: { a: [{ handoff: help }], b: [{ handoff: more }] } }, { reply: Still? }'],
  ])('is an error: %s', async (then) => {
    await expect(warnings(then)).rejects.toThrow(never);
  });

  it.each([
    [`${branch(field('equal', 'small'), '{ handoff: help }', '')}, { wait: 1h }, { reply: Still? }`],
    [`${branch(field('equal', 'small'), '{ handoff: help }')}, { wait: 1h }, { reply: Still? }`],
    ['{ split: { a: [{ handoff: help }], b: [{ reply: B }] } }, { reply: Still? }'],
  ])('is accepted if another branch continues: %s', async (then) => {
    expect(await warnings(then)).toEqual([]);
  });
});

describe('a text that promises a step which is not there', () => {
  it.each([
    ['{ reply: "Reply with your e-mail." }', 'Reply with your e-mail'],
    ['{ reply: { one_of: ["Hello", "Just answer with YES or NO!"] } }', 'answer with YES or NO'],
    ['{ reply: "Antworte mit JA." }', 'Antworte mit JA'],
    ['{ reply: "Réponds par OUI" }', 'Réponds par OUI'],
    ['{ wait: 1h }, { reply: "Reply with a number" }, { tag: x }', 'Reply with a number'],
    ['{ ask: { text: "Size?", expect: any } }, { reply: "Reply with more" }', 'Reply with more'],
  ])('is found: %s', async (then, said) => {
    expect(await warnings(then)).toEqual([
      `no-question: this text says "${said}", and no question follows: the answer reaches no step`,
    ]);
  });

  it.each([
    ['{ reply: "Reply with your e-mail." }, { ask: { expect: email } }', ''],
    ['{ reply: "Reply with your e-mail." }, { wait: 1h }, { ask: { text: "Well?", expect: email } }', ''],
    [
      '{ reply: "Reply with PRICE for a list." }',
      '- { id: price, on: message, keywords: [price], reply: "20" }',
    ],
    ['{ reply: "Reply with STOP to hear nothing more." }', ''],
    ['{ reply: "We reply within an hour." }', ''],
    [
      '{ ask: { text: "Reply with a size", expect: any, retry: "Reply with a size", remind: { after: 1h, text: "Reply with a size" } } }',
      '',
    ],
  ])('is not claimed of %s', async (then, more) => {
    expect(await warnings(then, more)).toEqual([]);
  });
});
