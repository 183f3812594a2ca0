import type { Rule } from './rule.js';
import { areAny, eachInSteps, type Steps } from './steps.js';

function hasKeywords({ keywords }: Rule): boolean {
  return keywords !== null && keywords.any.length + keywords.all.length > 0;
}

export const hasExamples = ({ examples }: Rule): boolean => examples !== undefined;

/**
 * Moves rules that match by examples behind the last rule with keywords of their kind, without changing their
 * order. Rules that already come later keep their place, and so does a rule that states its `priority`.
 * `rules` must be in order of priority, then file name, then position in the file. Changes nothing if it is
 * applied twice.
 */
export function* inEvaluationOrder(rules: readonly Rule[]): Steps<readonly Rule[]> {
  if (!(yield* areAny(rules, hasExamples))) return rules;
  const last = { message: -1, comment: -1 };
  yield* eachInSteps(rules, (rule, index) => {
    if (hasKeywords(rule)) last[rule.on] = index;
  });
  const isMoved = (rule: Rule, index: number): boolean =>
    rule.examples?.isRanked === false && !hasKeywords(rule) && index < last[rule.on];
  const moved: Record<Rule['on'], Rule[]> = { message: [], comment: [] };
  yield* eachInSteps(rules, (rule, index) => {
    if (isMoved(rule, index)) moved[rule.on].push(rule);
  });
  const ordered: Rule[] = [];
  yield* eachInSteps(rules, (rule, index) => {
    if (isMoved(rule, index)) return;
    ordered.push(rule);
    if (index === last[rule.on]) for (const each of moved[rule.on]) ordered.push(each);
  });
  return ordered;
}

/**
 * Splits rules for evaluation: a rule with both keywords and examples becomes two, first the one that matches
 * by keywords. Messages that the `none` list of its keywords excludes do not match by examples either.
 */
export function* splitByExamples(rules: readonly Rule[]): Steps<readonly Rule[]> {
  if (!(yield* areAny(rules, hasExamples))) return rules;
  const split: Rule[] = [];
  yield* eachInSteps(rules, (rule) => void split.push(...splitRule(rule)));
  return yield* inEvaluationOrder(split);
}

/** Splits one rule, as `splitByExamples` does. */
export function splitRule(rule: Rule): readonly Rule[] {
  // First, because the copy below takes most of the time of 10,000 rules.
  if (rule.examples === undefined) return [rule];
  const { examples, ...byKeywords } = rule;
  if (!hasKeywords(rule)) return [{ ...rule, mode: examples.mode }];
  const { keywords } = rule;
  const none = keywords === null || keywords.none.length === 0 ? null : { ...keywords, any: [], all: [] };
  return [byKeywords, { ...rule, keywords: none, mode: examples.mode }];
}
