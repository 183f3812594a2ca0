// Coverage of the rules by tests: each part is tried as a rule of its own, on the events of the tests.
import type { Condition, KeywordSpec, Rule } from '../domain/rule.js';
import { splitRule } from '../domain/rule-order.js';
import { decide } from '../engine/decide.js';
import type { CompiledSet } from '../engine/rule-set.js';
import type { Rehearsed } from './rehearse.js';

export const COVERED_PARTS = ['rules', 'keywords', 'branches'] as const;
type Kind = (typeof COVERED_PARTS)[number];

/**
 * A part of a rule. Keywords in `none`, examples beside keywords, and the alternatives of `any` in a `when` count as
 * branches.
 */
export interface CoveredPart {
  readonly kind: Kind;
  readonly rule: Rule;
  /** Description as in the rule; empty for the rule itself. */
  readonly says: string;
  readonly isReached: boolean;
}

interface Part extends Omit<CoveredPart, 'isReached' | 'rule'> {
  /** Variant of the rule: reduced to the part, or without the part. */
  readonly variant: Rule;
  /**
   * If true, the part is covered if the rule acts and the variant applies; if false, if the variant applies
   * and the rule does not.
   */
  readonly isWanted: boolean;
}

/**
 * Coverage of the enabled rules by the rehearsed events. `compile` compiles changed rules with the same
 * calendars.
 */
export async function coverageOf(
  rules: readonly Rule[],
  rehearsed: readonly Rehearsed[],
  compile: (rules: readonly Rule[]) => CompiledSet,
): Promise<readonly CoveredPart[]> {
  const covered: CoveredPart[] = [];
  for (const rule of rules.filter(({ enabled }) => enabled)) {
    const acted = rehearsed.filter((each) => acts(each, rule.id));
    const idle = rehearsed.filter((each) => !acts(each, rule.id));
    covered.push({ kind: 'rules', rule, says: '', isReached: acted.length > 0 });
    const parts = partsOf(rule);
    const reachedByActing = await reached(
      parts.filter((part) => part.isWanted),
      acted,
      compile,
    );
    const reachedBySilence = await reached(
      parts.filter((part) => !part.isWanted),
      idle,
      compile,
    );
    for (const part of parts) {
      const { kind, says } = part;
      covered.push({ kind, rule, says, isReached: reachedByActing.has(part) || reachedBySilence.has(part) });
    }
  }
  return covered;
}

function acts({ decision }: Rehearsed, id: string): boolean {
  return decision.trace.rules.some(({ rule, outcome }) => rule === id && isActing(outcome));
}

function isActing(outcome: string): boolean {
  return outcome === 'acts' || outcome === 'would_act_shadow';
}

/** The parts whose variant applies to one of the events. */
async function reached(
  parts: readonly Part[],
  events: readonly Rehearsed[],
  compile: (rules: readonly Rule[]) => CompiledSet,
): Promise<ReadonlySet<Part>> {
  const found = new Set<Part>();
  if (parts.length === 0 || events.length === 0) return found;
  const set = compile(parts.map(({ variant }, index) => ({ ...variant, id: String(index) })));
  for (const { event, facts } of events) {
    const { acting } = await decide(event, facts, set, { everyRule: true });
    for (const { rule } of acting) {
      const part = parts[Number(rule.id)];
      if (part) found.add(part);
    }
  }
  return found;
}

function partsOf(written: Rule): readonly Part[] {
  const { examples } = written;
  const live = examples ? { examples: { ...examples, mode: 'live' as const } } : {};
  const rule: Rule = { ...written, ...live, oncePer: null, continue: true, mode: 'live' };
  const { keywords, when } = rule;
  return [
    ...(keywords ? keywordParts(withoutExamples(rule), keywords) : []),
    ...examplesPart(rule),
    ...(when ? branches(rule, when) : []),
  ];
}

function withoutExamples({ examples: _examples, ...rest }: Rule): Rule {
  return rest;
}

/**
 * The part for the examples of a rule. Without keywords there is none: the rule itself counts for the
 * examples.
 */
function examplesPart(rule: Rule): readonly Part[] {
  const [, byExamples] = splitRule(rule);
  return byExamples ? [{ kind: 'branches', says: 'examples', variant: byExamples, isWanted: true }] : [];
}

function keywordParts(rule: Rule, keywords: KeywordSpec): readonly Part[] {
  const { any, none } = keywords;
  const wanted = any.map((keyword): Part => {
    const variant = { ...rule, keywords: { ...keywords, any: [keyword] } };
    return { kind: 'keywords', says: `keyword "${keyword}"`, variant, isWanted: true };
  });
  const unwanted = none.map((keyword, index): Part => {
    const left = { ...keywords, none: none.toSpliced(index, 1) };
    const isEmpty = left.any.length + left.all.length + left.none.length === 0;
    const variant = { ...rule, keywords: isEmpty ? null : left };
    return { kind: 'branches', says: `none: "${keyword}"`, variant, isWanted: false };
  });
  return [...wanted, ...unwanted];
}

/** Creates a part for each alternative of each `any`. */
function branches(rule: Rule, when: Condition): readonly Part[] {
  return alone(when).map(({ says, condition }): Part => {
    return { kind: 'branches', says, variant: { ...rule, when: condition }, isWanted: true };
  });
}

/** The condition reduced to each of its alternatives; below `not` a single alternative is not meaningful. */
function alone(condition: Condition): readonly { readonly says: string; readonly condition: Condition }[] {
  if ('all' in condition) {
    return condition.all.flatMap((child, index) =>
      alone(child).map((part) => ({
        ...part,
        condition: { all: condition.all.with(index, part.condition) },
      })),
    );
  }
  if (!('any' in condition)) return [];
  return condition.any.flatMap((child, index) => {
    const below = alone(child).map((part) => ({ ...part, condition: { any: [part.condition] } }));
    const says = `when: alternative ${index + 1} of ${condition.any.length}, ${saysOf(child)}`;
    return condition.any.length > 1 ? [{ says, condition: { any: [child] } }, ...below] : below;
  });
}

function saysOf(condition: Condition): string {
  if ('all' in condition) return 'all of several';
  if ('any' in condition) return 'any of several';
  if ('not' in condition) return `not ${saysOf(condition.not)}`;
  const { fact, operator, value } = condition;
  return `${fact} ${operator} ${JSON.stringify(value)}`;
}
