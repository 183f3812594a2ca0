import type { Condition } from '../domain/condition.js';
import { type Funnel, pathOfStep, type Step } from '../domain/funnel.js';
import type { Rule } from '../domain/rule.js';
import { whyImpossible } from './demands.js';
import { flow } from './funnel-steps.js';
import type { LintParts } from './parts.js';
import { reached } from './reach.js';
import { type RuleWarning } from './warning.js';

/** Branches of `if` that no contact can take: the condition contradicts itself, or what leads to it. */
export function constantBranches(rule: Rule, parts: LintParts): readonly RuleWarning[] {
  const { funnel } = rule;
  if (funnel === null || reached(rule, parts.config.accounts).length === 0) return [];
  return [...knownAt(funnel)].flatMap(([index, known]): readonly RuleWarning[] => {
    const step = funnel.steps[index];
    if (step?.type !== 'if') return [];
    const found = whyConstant(step.when, known, rule, parts);
    if (found === null) return [];
    const message = `the branch ${found.branch} can never be taken: ${found.why}`;
    const fix = 'Change the condition, or write the steps of the other branch without if.';
    const path = ['then', ...pathOfStep(funnel, index), 'if', 'when'] as const;
    return [[path, { code: 'constant-branch', message, fix }]];
  });
}

function whyConstant(when: Condition, known: readonly Condition[], rule: Rule, parts: LintParts) {
  const never = whyNever([...known, when], rule, parts);
  if (never !== null) return { branch: 'then', why: never };
  return whyNever([...known, { not: when }], rule, parts) === null
    ? null
    : { branch: 'else', why: 'the condition always holds' };
}

/** A proof that the conditions cannot hold together about any event of the rule; null if nothing proves it. */
function whyNever(all: readonly Condition[], rule: Rule, parts: LintParts): string | null {
  // Behind a question, the event of a comment rule is a message.
  const kinds = rule.on === 'comment' ? (['comment', 'message'] as const) : (['message'] as const);
  const { examples: _examples, ...rest } = rule;
  const reasons = kinds.map((on) =>
    whyImpossible({ ...rest, on, keywords: null, posts: [], when: { all } }, parts),
  );
  return reasons.includes(null) ? null : (reasons[0] ?? null);
}

/** Conditions that hold at each step: those of the branches around it, and the answer to the question before. */
function knownAt(funnel: Funnel): ReadonlyMap<number, readonly Condition[]> {
  return flow<readonly Condition[]>(funnel, [], knownAfter, (one, other) =>
    one.filter((each) => other.includes(each)),
  );
}

function knownAfter(
  step: Step,
  index: number,
  known: readonly Condition[],
  to: number,
): readonly Condition[] {
  switch (step.type) {
    case 'if':
      // Without steps of its own, a branch leads to the same step as the other.
      if (step.else === index + 1) return known;
      return [...known, to === step.else ? { not: step.when } : step.when];
    case 'ask':
      return answered(step, to);
    case 'goto':
    case 'reply':
    case 'split':
      return known;
    default:
      // Time has passed, or the contact's data has changed.
      return [];
  }
}

function answered({ ask }: Extract<Step, { type: 'ask' }>, to: number): readonly Condition[] {
  const { save, expect, cases } = ask;
  if (save === null || expect.kind !== 'choice') return [];
  const of = Object.entries(cases?.of ?? {}).flatMap(([choice, at]) => (at === to ? [choice] : []));
  const values = cases === undefined ? expect.choices : of;
  if (values.length === 0 || to === cases?.end || to === cases?.other) return [];
  return [{ fact: 'field', path: save, operator: 'in', value: values }];
}
