import type { Rule } from '../../domain/rule.js';
import { eachInSteps, type Steps } from '../../domain/steps.js';
import { createRuleIndex, type RuleIndex } from './rule-index.js';

/** An index with the rules that it was created from. */
export interface IndexBase {
  readonly rules: readonly Rule[];
  readonly index: RuleIndex;
}

/** Rules per step. */
const PORTION = 2_000;
/** Largest share of rules that came or went since the base. Beyond it the set gets a base of its own. */
const MOST_CHANGED = 1 / 8;
const GONE = -1;

/**
 * Indexes rules. If most of them are in `before`, as the same objects, only the others are indexed, and an event is
 * looked up in both: 10,000 rules take a fifth of a second, 100 a few milliseconds. Both find the same rules as an
 * index of all, since each rule is in one of them.
 */
export function* indexAfter(
  rules: readonly Rule[],
  before: IndexBase | undefined,
): Steps<{ readonly index: RuleIndex; readonly base: IndexBase }> {
  const layers = before && (yield* layersOf(rules, before));
  if (before && layers) return { index: layers, base: before };
  const index = yield* createRuleIndex(rules);
  return { index, base: { rules, index } };
}

function* layersOf(rules: readonly Rule[], before: IndexBase): Steps<RuleIndex | null> {
  const numbers = new Map<Rule, number>();
  yield* eachInSteps(before.rules, (rule, number) => numbers.set(rule, number), PORTION);
  /** Number of each rule of the base in the set. */
  const placed = new Int32Array(before.rules.length).fill(GONE);
  const fresh: Rule[] = [];
  const freshNumbers: number[] = [];
  const place = (rule: Rule, number: number): void => {
    const known = numbers.get(rule);
    if (known === undefined) freshNumbers[fresh.push(rule) - 1] = number;
    else placed[known] = number;
  };
  yield* eachInSteps(rules, place, PORTION);
  const gone = before.rules.length - (rules.length - fresh.length);
  if (fresh.length + gone > rules.length * MOST_CHANGED) return null;
  const index = yield* createRuleIndex(fresh);
  return {
    candidates(event, text, factOf) {
      const kept = before.index.candidates(event, text, factOf).map((rule) => placed[rule] ?? GONE);
      const added = index.candidates(event, text, factOf).map((rule) => freshNumbers[rule] ?? GONE);
      return [...kept.filter((rule) => rule !== GONE), ...added].sort((a, b) => a - b);
    },
  };
}
