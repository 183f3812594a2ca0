import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rehearse } from '../../src/rehearsal/rehearse.js';
import type { Decision } from '../../src/domain/decision.js';
import type { Example, Finding } from '../../src/domain/finding.js';
import { WEEKDAYS } from '../../src/domain/calendar.js';
import { HOUR } from '../../src/domain/time.js';
import { createHistory } from '../../src/rehearsal/history.js';
import { lint } from '../../src/lint/lint.js';
import type { LintParts } from '../../src/lint/parts.js';
import { TUESDAY } from '../builders.js';
import { draws } from '../draws.js';
import { aProjectOf } from './linted.js';

const keyword = fc.constantFrom(
  'price',
  'price list',
  'list',
  'cost',
  'prices',
  'ice',
  'é',
  'c++',
  '价格',
  'hi',
  'سعر',
  'السعر',
  'x.example/price',
);
const keywords = fc.record(
  {
    any: fc.uniqueArray(keyword, { minLength: 1, maxLength: 3 }),
    all: fc.uniqueArray(keyword, { minLength: 1, maxLength: 2 }),
    none: fc.uniqueArray(keyword, { minLength: 1, maxLength: 1 }),
    match: fc.constantFrom('word', 'word', 'contains', 'exact', 'starts_with', 'ends_with'),
    accents: fc.boolean(),
    in: fc.constantFrom('text', 'words'),
    attached: fc.boolean(),
  },
  { requiredKeys: ['any'] },
);
const calendar = { calendar: 'shop' };
const leaf = fc.oneof(
  fc.record({
    fact: fc.constant('hours'),
    params: fc.constantFrom(calendar, { calendar: 'never' }),
    operator: fc.constantFrom('equal', 'notEqual'),
    value: fc.constantFrom('open', 'closed'),
  }),
  fc.record({
    fact: fc.constant('weekday'),
    params: fc.constant(calendar),
    operator: fc.constantFrom('in', 'notIn'),
    value: fc.subarray(['mon', 'tue', 'sat'], { minLength: 1 }),
  }),
  fc.record({
    fact: fc.constant('local_time'),
    params: fc.constant(calendar),
    operator: fc.constantFrom('lessThan', 'greaterThanInclusive', 'equal'),
    value: fc.constantFrom('00:00', '09:00', '12:00'),
  }),
  fc.record({
    fact: fc.constant('first_contact'),
    operator: fc.constant('equal'),
    value: fc.boolean(),
  }),
  fc.record({
    fact: fc.constant('text'),
    operator: fc.constantFrom('equal', 'contains', 'doesNotContain'),
    value: keyword,
  }),
  keywords.map((params) => ({ fact: 'keywords', operator: 'equal', value: true, params })),
  fc.record({
    fact: fc.constant('platform'),
    operator: fc.constantFrom('equal', 'notEqual'),
    value: fc.constant('instagram'),
  }),
);
const when: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('node'), { minLength: 1, maxLength: 2 }).map((all) => ({ all })),
    fc.array(tie('node'), { minLength: 1, maxLength: 2 }).map((any) => ({ any })),
    tie('node').map((not) => ({ not })),
  ),
})).node;
const rule = fc.record(
  {
    on: fc.constantFrom('message', 'message', 'comment'),
    platforms: fc.constantFrom(['instagram'], ['instagram', 'facebook']),
    keywords,
    when,
    priority: fc.constantFrom(0, 1),
    continue: fc.boolean(),
    mode: fc.constantFrom('live', 'live', 'shadow'),
    once_per: fc.constantFrom(false, '1h'),
    answer: fc.constantFrom(
      'Ask for the price list',
      'Yes?',
      "Hi {{ contact.name | default: 'you' }}",
      'Hi {{ contact.name }}',
    ),
  },
  { requiredKeys: ['on', 'answer'] },
);
/** Rules without conditions, so that they overlap. */
const plainRule = fc.record({
  on: fc.constantFrom('message', 'comment'),
  keywords: fc.uniqueArray(fc.constantFrom('price', 'list', 'cost'), { minLength: 1, maxLength: 3 }),
  continue: fc.constantFrom(false, false, true),
  once_per: fc.constantFrom(false, '1h'),
  answer: fc.constantFrom('Ask for the price list', 'Sure'),
});
const ruleSet = fc.array(fc.oneof(plainRule, rule), { minLength: 1, maxLength: 5 }).map((rules) => {
  const written = rules.map(({ answer, ...rest }, index) => {
    const actions =
      rest.on === 'message' ? { reply: answer } : { private_reply: answer, comment_reply: 'Sent' };
    return { id: `r${index}`, ...rest, ...actions };
  });
  return JSON.stringify({ version: 1, rules: written });
});

interface Drawn {
  readonly text: string;
  readonly kind: 'message' | 'comment';
  readonly at: number;
  readonly account: string;
  readonly known: boolean;
}
const event: fc.Arbitrary<Drawn> = fc.record({
  text: fc.array(keyword, { minLength: 1, maxLength: 3 }).map((words) => words.join(' ')),
  kind: fc.constantFrom('message' as const, 'comment' as const),
  at: fc.integer({ min: 0, max: 7 * 24 }).map((hours) => TUESDAY + hours * HOUR),
  account: fc.constantFrom('shop-ig', 'shop-fb'),
  known: fc.boolean(),
});

/** The program's decision about an event, with all rules traced. */
async function decided(
  { text, kind, at, account, known }: Drawn,
  { config, set }: LintParts,
): Promise<Decision> {
  const input = {
    text,
    kind,
    at,
    account,
    contact: { id: 'c', name: 'Ana' },
    ...(kind === 'comment' ? { post: '1' } : {}),
  };
  const history = createHistory({ firstContact: !known });
  return (await rehearse(input, 1, { config, set, history, everyRule: true })).decision;
}

async function shown(example: Example, { config, set }: LintParts): Promise<Decision> {
  const { contact, firstContact, post, at, ...rest } = example;
  const input = {
    ...rest,
    at: Date.parse(at),
    post: post ?? undefined,
    contact: { id: 'c', name: contact.name ?? undefined, username: contact.username ?? undefined },
  };
  const parts = { config, set, history: createHistory({ firstContact }), everyRule: true };
  return (await rehearse(input, 1, parts)).decision;
}

const outcomeOf = ({ trace }: Decision, id: string) =>
  trace.rules.find(({ rule: name }) => name === id)?.outcome;
const named = ({ message }: Finding) =>
  [...message.matchAll(/"(?<id>r\d)"/gu)].map((found) => found.groups?.['id'] ?? '');
const acts = (decision: Decision, id: string) =>
  ['acts', 'would_act_shadow'].includes(outcomeOf(decision, id) ?? '');

type Proof = (
  decision: Decision,
  subject: string,
  finding: Finding & { other: string },
  parts: LintParts,
) => boolean | Promise<boolean>;

const isNotReached: Proof = (decision, subject) => outcomeOf(decision, subject) === 'not_reached';
const isRefused: Proof = async (_, subject, { example }, parts) => {
  // An earlier rule may reply to this event; alone, the rule is refused.
  const set = parts.compile(parts.rules.rules.filter(({ id }) => id === subject));
  const { reason } = await shown(example!, { ...parts, set });
  return ['template_error', 'too_long', 'shadow'].includes(reason);
};

/** The claim of each kind of finding about its example. */
const PROOFS: Readonly<Record<string, Proof>> = {
  'never-acts': isNotReached,
  'answers-second': isNotReached,
  'duplicate-keyword': isNotReached,
  'excluded-keyword': (decision, subject) => outcomeOf(decision, subject) === 'failed_condition',
  impossible: (decision, subject) => outcomeOf(decision, subject) === 'failed_condition',
  'private-reply-spent': (decision, first, { other }) => {
    const senders = decision.actions.filter(({ type }) => type === 'private_reply').map(({ rule: id }) => id);
    return acts(decision, first) && acts(decision, other) && senders.join() === first;
  },
  'answered-reply': (decision, rule) =>
    decision.actions.some((each) => each.rule === rule && each.type === 'comment_reply'),
  'self-trigger': (decision) => decision.actions.length > 0,
  'idle-account': (decision) => decision.actions.length === 0,
  'short-keyword': async (_, subject, { example }, parts) => {
    const set = parts.compile(parts.rules.rules.filter(({ id }) => id === subject));
    return acts(await shown(example!, { ...parts, set }), subject);
  },
  'missing-value': isRefused,
  'too-long': isRefused,
  // Claims about all times are tested by a separate property.
  'constant-condition': () => true,
};

/** Whether the example behaves as the finding claims. */
async function behaves(finding: Finding, parts: LintParts): Promise<boolean> {
  if (!finding.example)
    return ['unused-calendar', 'impossible', 'short-keyword', 'excluded-keyword'].includes(finding.code);
  const decision = await shown(finding.example, parts);
  const [subject = '', other = ''] = named(finding);
  const proof = PROOFS[finding.code];
  return proof !== undefined && proof(decision, subject, { ...finding, other }, parts);
}

describe('lint warnings are sound:', () => {
  it('each example event behaves as its warning claims', { timeout: 150_000 }, async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(ruleSet, async (rules) => {
        const parts = aProjectOf(rules);
        for (const finding of await lint(parts)) {
          seen.set(finding.code, (seen.get(finding.code) ?? 0) + 1);
          expect([finding.message, finding.example, await behaves(finding, parts)]).toEqual([
            finding.message,
            finding.example,
            true,
          ]);
        }
      }),
      { numRuns: draws(30), seed: 4 },
    );
    // The generated rules must include the cases under test.
    expect([...seen.keys()]).toEqual(
      expect.arrayContaining([
        'never-acts',
        'answers-second',
        'duplicate-keyword',
        'impossible',
        'self-trigger',
        'missing-value',
        'private-reply-spent',
      ]),
    );
  });

  it(
    'a never-acts rule acts on no message, and an answers-second rule on no first message',
    { timeout: 150_000 },
    async () => {
      let checked = 0;
      await fc.assert(
        fc.asyncProperty(
          ruleSet,
          fc.array(event, { minLength: 30, maxLength: 30 }),
          async (rules, events) => {
            const parts = aProjectOf(rules);
            const findings = await lint(parts);
            const never = findings.filter(({ code }) =>
              ['never-acts', 'answers-second', 'impossible'].includes(code),
            );
            if (never.length === 0) return;
            for (const one of events) {
              const decision = await decided(one, parts);
              for (const finding of never) {
                const [subject = ''] = named(finding);
                checked += 1;
                expect([finding.message, one, acts(decision, subject)]).toEqual([
                  finding.message,
                  one,
                  false,
                ]);
              }
            }
          },
        ),
        { numRuns: draws(50), seed: 5 },
      );
      expect(checked).toBeGreaterThan(500);
    },
  );

  it('a duplicate keyword alone never makes its rule act', { timeout: 150_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(ruleSet, fc.array(event, { minLength: 30, maxLength: 30 }), async (rules, events) => {
        const parts = aProjectOf(rules);
        const found = (await lint(parts)).filter(({ code }) => code === 'duplicate-keyword');
        for (const finding of found) {
          const [subject = ''] = named(finding);
          const only = /keyword "(?<keyword>[^"]+)"/u.exec(finding.message)?.groups?.['keyword'] ?? '';
          const set = parts.compile(
            parts.rules.rules.map((each) =>
              each.id === subject && each.keywords
                ? { ...each, keywords: { ...each.keywords, any: [only] } }
                : each,
            ),
          );
          for (const one of events) {
            expect([finding.message, one, acts(await decided(one, { ...parts, set }), subject)]).toEqual([
              finding.message,
              one,
              false,
            ]);
          }
        }
      }),
      { numRuns: draws(20), seed: 9 },
    );
  });

  it('a constant condition on time has the same value at any time', { timeout: 150_000 }, async () => {
    const timed = fc.oneof(
      fc.record({
        fact: fc.constant('hours'),
        params: fc.constantFrom(calendar, { calendar: 'never' }, { calendar: 'always' }),
        operator: fc.constantFrom('equal', 'notEqual'),
        value: fc.constantFrom('open', 'closed'),
      }),
      fc.record({
        fact: fc.constant('weekday'),
        params: fc.constant(calendar),
        operator: fc.constantFrom('in', 'notIn'),
        value: fc.subarray([...WEEKDAYS], { minLength: 5 }),
      }),
      fc.record({
        fact: fc.constant('local_time'),
        params: fc.constant(calendar),
        operator: fc.constantFrom('lessThan', 'greaterThan', 'greaterThanInclusive', 'lessThanInclusive'),
        value: fc.constantFrom('00:00', '00:01', '23:58', '23:59'),
      }),
    );
    const answers = new Set<boolean>();
    await fc.assert(
      fc.asyncProperty(timed, fc.array(event, { minLength: 20, maxLength: 20 }), async (when, events) => {
        const rules = [{ id: 'r0', on: 'message', when, reply: 'Hi' }];
        const parts = aProjectOf(JSON.stringify({ version: 1, rules }));
        const finding = (await lint(parts)).find(({ code }) => code === 'constant-condition');
        if (!finding?.example) return;
        const isAlways = finding.message.includes('always holds');
        answers.add(isAlways);
        expect([when, acts(await shown(finding.example, parts), 'r0')]).toEqual([when, isAlways]);
        for (const one of events) {
          const decision = await decided({ ...one, kind: 'message' }, parts);
          expect([when, one, acts(decision, 'r0')]).toEqual([when, one, isAlways]);
        }
      }),
      { numRuns: draws(75), seed: 11 },
    );
    expect(answers.size).toBe(2);
  });
});
