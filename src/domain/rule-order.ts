import type { Rule } from './rule.js';

function hasKeywords({ keywords }: Rule): boolean {
  return keywords !== null && keywords.any.length + keywords.all.length > 0;
}

/**
 * Moves rules that match by examples behind the last rule with keywords of their kind, without changing their
 * order. Rules that already come later keep their place, and so does a rule that states its `priority`.
 * `rules` must be in order of priority, then file name, then position in the file. Changes nothing if it is
 * applied twice.
 */
export function inEvaluationOrder(rules: readonly Rule[]): readonly Rule[] {
  if (!rules.some(({ examples }) => examples !== undefined)) return rules;
  const lastOf = (kind: Rule['on']): number =>
    rules.findLastIndex((rule) => rule.on === kind && hasKeywords(rule));
  const last = { message: lastOf('message'), comment: lastOf('comment') };
  const isMoved = (rule: Rule, index: number): boolean =>
    rule.examples?.isRanked === false && !hasKeywords(rule) && index < last[rule.on];
  return rules.flatMap((rule, index) => {
    if (isMoved(rule, index)) return [];
    if (index !== last[rule.on]) return [rule];
    return [rule, ...rules.filter((other, at) => other.on === rule.on && isMoved(other, at))];
  });
}

/**
 * Splits rules for evaluation: a rule with both keywords and examples becomes two, first the one that matches
 * by keywords. Messages that the `none` list of its keywords excludes do not match by examples either.
 */
export function splitByExamples(rules: readonly Rule[]): readonly Rule[] {
  if (!rules.some(({ examples }) => examples !== undefined)) return rules;
  const split = rules.flatMap((rule): readonly Rule[] => {
    // First, because the copy below takes most of the time of 10,000 rules.
    if (rule.examples === undefined) return [rule];
    const { examples, ...byKeywords } = rule;
    if (!hasKeywords(rule)) return [{ ...rule, mode: examples.mode }];
    const { keywords } = rule;
    const none = keywords === null || keywords.none.length === 0 ? null : { ...keywords, any: [], all: [] };
    return [byKeywords, { ...rule, keywords: none, mode: examples.mode }];
  });
  return inEvaluationOrder(split);
}
