// The conditions of a rule, in a form in which two rules can be compared.
import type { AccountConfig } from '../domain/config.js';
import type { FactCondition, Rule } from '../domain/rule.js';
import { splitRule } from '../domain/rule-order.js';
import { meaningKey } from '../engine/meaning/corpus.js';
import {
  alternatives,
  domainOf,
  holds,
  keywordsIn,
  leavesOf,
  type Literal,
  namedValues,
  subjectOf,
} from './conditions.js';
import type { LintParts } from './parts.js';
import { reached } from './reach.js';
import { covers, isContradiction, type Term, type Terms, termsOf } from './terms.js';

/** One alternative of a rule: all of it must hold together. */
export interface Demands {
  readonly rule: Rule;
  readonly accounts: readonly AccountConfig[];
  /** Keyword conditions in normal form: alternatives only if there are at least two. */
  readonly terms: readonly Terms[];
  /** Conditions on facts other than keywords, accounts and platforms. */
  readonly literals: readonly Literal[];
  /** Conditions that can only be compared for equality. */
  readonly opaque: readonly Literal[];
}

const IS_REPLY: FactCondition = { fact: 'is_reply', operator: 'equal', value: false };

/** The alternatives of a rule; null if there are too many to analyse. */
export function demandsOf(rule: Rule, parts: LintParts): readonly Demands[] | null {
  const ways = alternatives(rule.when);
  // As in the engine, a comment rule skips replies to comments unless it uses `is_reply`.
  const isAboutReplies = leavesOf(rule.when).some(({ leaf }) => leaf.fact === 'is_reply');
  const implied = rule.on === 'comment' && !isAboutReplies ? [{ leaf: IS_REPLY, isNegated: false }] : [];
  // Keywords and examples of a rule are alternatives.
  return (
    ways?.flatMap((way) => splitRule(rule).map((each) => demandsOfWay(each, [...way, ...implied], parts))) ??
    null
  );
}

function demandsOfWay(rule: Rule, literals: readonly Literal[], { config }: LintParts): Demands {
  const accounts = reached(rule, config.accounts).filter(({ name, platform }) =>
    literals.every((literal) => {
      if (literal.leaf.fact === 'account') return holds(literal, name);
      return literal.leaf.fact !== 'platform' || holds(literal, platform);
    }),
  );
  const terms = rule.keywords === null ? [] : [inOneForm(termsOf(rule.keywords))];
  const others: Literal[] = [];
  const opaque: Literal[] = rule.examples ? [likeExamples(rule.examples)] : [];
  for (const literal of literals) {
    const { fact } = literal.leaf;
    if (fact === 'account' || fact === 'platform') continue;
    const said = keywordsIn(literal);
    const plain = said && (said.isWanted ? inOneForm(termsOf(said.spec)) : negated(termsOf(said.spec)));
    if (plain) terms.push(plain);
    // A post has two ids, so conditions on it do not share one value.
    else if (said || (fact === 'post' && rule.on === 'comment')) opaque.push(literal);
    else others.push(literal);
  }
  return { rule, accounts, terms, literals: others, opaque };
}

/**
 * A literal that stands for the examples: only rules with the same examples match the same messages for
 * certain.
 */
function likeExamples(examples: NonNullable<Rule['examples']>): Literal {
  return { leaf: { fact: 'examples', operator: 'equal', value: meaningKey(examples) }, isNegated: false };
}

function inOneForm({ any, all, none }: Terms): Terms {
  return any.length === 1 ? { any: [], all: [...all, ...any], none } : { any, all, none };
}

/** The negation of a keyword condition; null if the negation is no keyword condition. */
function negated({ any, all, none }: Terms): Terms | null {
  if (all.length + none.length === 0) return { any: [], all: [], none: any };
  if (any.length + none.length === 0 && all.length === 1) return { any: [], all: [], none: all };
  return any.length + all.length === 0 ? inOneForm({ any: none, all: [], none: [] }) : null;
}

/** Each keyword condition, combined with the requirements of the others. */
function strengthened({ terms }: Demands): readonly Terms[] {
  const all: Term[] = terms.flatMap((each) => each.all);
  const none: Term[] = terms.flatMap((each) => each.none);
  const every = terms.map(({ any }) => ({ any, all, none }));
  return every.length === 0 ? [{ any: [], all, none }] : every;
}

/** True if every event that fulfils `b` fulfils `a`. False if not, or if it cannot be proved. */
export function coversDemands(a: Demands, b: Demands, parts: LintParts): boolean {
  if (a.rule.on !== b.rule.on || !b.accounts.every((account) => a.accounts.includes(account))) return false;
  const { posts } = a.rule;
  const ofB = b.rule.posts;
  if (posts.length > 0 && (ofB.length === 0 || !ofB.every((post) => posts.includes(post)))) return false;
  const strong = strengthened(b);
  return (
    a.terms.every((wanted) => strong.some((said) => covers(wanted, said))) &&
    a.literals.every((literal) => follows(literal, b, parts)) &&
    a.opaque.every((literal) => b.opaque.some((each) => isSame(each, literal)))
  );
}

/** True if the literal holds in every event that fulfils the demands. */
function follows(wanted: Literal, { rule, literals }: Demands, parts: LintParts): boolean {
  const subject = subjectOf(wanted.leaf, parts);
  const known = literals.filter(({ leaf }) => subjectOf(leaf, parts) === subject);
  const left = valuesLeft(wanted, known, rule, parts);
  if (left) return left.every((value) => holds(wanted, value));
  return known.some((each) => isSame(each, wanted) || containsMore(each, wanted));
}

/** The values that the subject can have if all the literals hold; null if they cannot be listed. */
function valuesLeft(
  { leaf }: Literal,
  known: readonly Literal[],
  rule: Rule,
  parts: LintParts,
): readonly unknown[] | null {
  const values = domainOf(leaf, rule, parts) ?? known.map(namedValues).find((named) => named !== null);
  return values?.filter((value) => known.every((literal) => holds(literal, value))) ?? null;
}

function isSame(a: Literal, b: Literal): boolean {
  return a.isNegated === b.isNegated && JSON.stringify(a.leaf) === JSON.stringify(b.leaf);
}

/** The substring that a literal requires. */
function partOf({ leaf, isNegated }: Literal): string | null {
  if (leaf.operator !== (isNegated ? 'doesNotContain' : 'contains')) return null;
  return String(leaf.value);
}

function containsMore(said: Literal, wanted: Literal): boolean {
  const [more, less] = [partOf(said), partOf(wanted)];
  return more !== null && less !== null && holds({ leaf: wanted.leaf, isNegated: wanted.isNegated }, more);
}

/** The contradiction in each alternative of the rule; null if one may be possible. */
export function whyImpossible(rule: Rule, parts: LintParts): string | null {
  const reasons = (demandsOf(rule, parts) ?? []).map((demands) =>
    demands.accounts.length === 0 ? 'no account matches its conditions' : contradictionIn(demands, parts),
  );
  if (reasons.length === 0 || reasons.includes(null)) return null;
  return [...new Set(reasons)].join('; ');
}

/**
 * The contradiction that makes the demands impossible, as a sentence; null if they are possible. Accounts are
 * checked elsewhere.
 */
function contradictionIn(demands: Demands, parts: LintParts): string | null {
  const { rule, literals, opaque } = demands;
  if (strengthened(demands).some(isContradiction)) return 'a required keyword contains a forbidden one';
  for (const literal of literals) {
    const subject = subjectOf(literal.leaf, parts);
    const known = literals.filter(({ leaf }) => subjectOf(leaf, parts) === subject);
    if (valuesLeft(literal, known, rule, parts)?.length === 0)
      return `${subject} cannot fulfil all of its conditions at once`;
    const part = partOf(literal);
    if (part !== null && known.some((each) => isPartForbidden(each) && !holds(each, part))) {
      return `${subject} must contain a text that it must not contain`;
    }
  }
  const opposite = opaque.find((one) =>
    opaque.some((other) => isSame(one, { ...other, isNegated: !other.isNegated })),
  );
  return opposite ? `a condition on ${opposite.leaf.fact} must hold and must not hold` : null;
}

function isPartForbidden({ leaf, isNegated }: Literal): boolean {
  return leaf.operator === (isNegated ? 'contains' : 'doesNotContain');
}
