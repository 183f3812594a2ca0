import type { Condition, FactCondition, KeywordSpec, Rule } from '../domain/rule.js';
import {
  createHost,
  type Host,
  type NestedCondition,
  type Program,
  type TopLevelCondition,
} from './evaluate.js';
import { fold } from './text/normalise.js';
import { compileKeyword, firstHit, type KeywordHit, type KeywordMatcher } from './text/keywords.js';
import type { MessageText } from './text/text.js';
import { minutesOf } from './times.js';

/** What each condition says, for people: a tree of the same shape as the compiled conditions. */
export type Description =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Description[] }
  | { readonly kind: 'not'; readonly of: Description }
  | { readonly kind: 'leaf'; readonly says: string; readonly fact: string };

export interface CompiledRule {
  readonly rule: Rule;
  readonly program: Program;
  readonly description: Description;
  /** The keyword that made the rule apply, for `match`; null when the rule names none that must occur. */
  readonly hit: (text: MessageText) => KeywordHit | null;
}

/** A condition of the library beside what it says. */
interface Part {
  readonly condition: NestedCondition;
  readonly description: Description;
}

type Leaf = [fact: string, operator: string, value: unknown, says: string, more?: object];

/** Keyword lists stay out of the conditions, which the library clones at each evaluation: a condition holds a number. */
type Matchers = KeywordMatcher[][];

/**
 * Turns checked rules into programs of json-rules-engine. Total: whatever the parser accepted compiles. An empty list
 * is left out, because the library holds `any: []` for true.
 */
export function compileRules(rules: readonly Rule[]): { compiled: readonly CompiledRule[]; host: Host } {
  const matchers: Matchers = [];
  const host = createHost(operators(matchers));
  return { compiled: rules.map((rule) => compileRule(rule, host, matchers)), host };
}

function compileRule(rule: Rule, host: Host, matchers: Matchers): CompiledRule {
  const parts = [
    leaf('kind', 'equal', rule.on, `is a ${rule.on}`),
    ...scope('platform', rule.platforms, 'platform'),
    ...scope('account', rule.accounts, 'account'),
    ...scopePosts(rule.posts),
    ...answersOnly(rule),
    ...(rule.keywords ? keywordParts(rule.keywords, matchers) : []),
    ...(rule.when ? [tree(rule.when, matchers)] : []),
  ];
  const whole = allOf(parts);
  const wanted = rule.keywords ? wantedMatchers(rule.keywords) : [];
  return {
    rule,
    program: host.program(rule.id, whole.condition as TopLevelCondition),
    description: whole.description,
    hit: (text) => firstHit(wanted, text),
  };
}

function operators(matchers: Matchers) {
  return {
    saysOneOf: (text: MessageText, index: number) => firstHit(matchers[index] ?? [], text) !== null,
    saysEachOf: (text: MessageText, index: number) =>
      (matchers[index] ?? []).every((match) => match(text) !== null),
    textContains: (text: string, part: string) => typeof text === 'string' && text.includes(part),
    textDoesNotContain: (text: string, part: string) => typeof text !== 'string' || !text.includes(part),
  };
}

/** A condition on a fact. `more`: its `params` or `path`, for facts that have them. */
function leaf(...[fact, operator, value, says, more = {}]: Leaf): Part {
  return { condition: { fact, operator, value, ...more }, description: { kind: 'leaf', says, fact } };
}

function allOf(parts: readonly Part[]): Part {
  return {
    condition: { all: parts.map((part) => part.condition) },
    description: { kind: 'all', of: parts.map((part) => part.description) },
  };
}

function anyOf(parts: readonly Part[]): Part {
  return {
    condition: { any: parts.map((part) => part.condition) },
    description: { kind: 'any', of: parts.map((part) => part.description) },
  };
}

function negated(part: Part): Part {
  return { condition: { not: part.condition }, description: { kind: 'not', of: part.description } };
}

function scope(fact: string, values: readonly string[], label: string): Part[] {
  return values.length === 0 ? [] : [leaf(fact, 'in', values, `${label} is ${oneOf(values)}`)];
}

/** A post has two ids, the API's and the platform's: a rule may name either. */
function scopePosts(posts: readonly string[]): Part[] {
  if (posts.length === 0) return [];
  const says = `post is ${oneOf(posts)}`;
  return [anyOf([leaf('post', 'in', posts, says), leaf('platform_post', 'in', posts, says)])];
}

/** A reply to a comment is part of somebody's conversation: a comment rule leaves it alone unless it asks for `is_reply`. */
function answersOnly(rule: Rule): Part[] {
  if (rule.on !== 'comment' || (rule.when && mentions(rule.when, 'is_reply'))) return [];
  return [leaf('is_reply', 'equal', false, 'is no reply to another comment')];
}

function mentions(condition: Condition, fact: string): boolean {
  if ('all' in condition) return condition.all.some((each) => mentions(each, fact));
  if ('any' in condition) return condition.any.some((each) => mentions(each, fact));
  if ('not' in condition) return mentions(condition.not, fact);
  return condition.fact === fact;
}

function keywordParts(spec: KeywordSpec, matchers: Matchers): Part[] {
  const part = (operator: string, keywords: readonly string[], says: string): Part => {
    const index = matchers.push(keywords.map((keyword) => compileKeyword(keyword, spec))) - 1;
    return leaf('message_text', operator, index, says);
  };
  return [
    ...(spec.any.length > 0 ? [part('saysOneOf', spec.any, `says ${oneOf(spec.any)}`)] : []),
    ...(spec.all.length > 0 ? [part('saysEachOf', spec.all, `says each of ${spec.all.join(', ')}`)] : []),
    ...(spec.none.length > 0 ? [negated(part('saysOneOf', spec.none, `says ${oneOf(spec.none)}`))] : []),
  ];
}

function wantedMatchers(spec: KeywordSpec): KeywordMatcher[] {
  return [...spec.any, ...spec.all].map((keyword) => compileKeyword(keyword, spec));
}

function tree(condition: Condition, matchers: Matchers): Part {
  if ('all' in condition) return allOf(condition.all.map((each) => tree(each, matchers)));
  if ('any' in condition) return anyOf(condition.any.map((each) => tree(each, matchers)));
  if ('not' in condition) return negated(tree(condition.not, matchers));
  return factPart(condition, matchers);
}

function factPart(condition: FactCondition, matchers: Matchers): Part {
  const { fact, operator, value, params, path } = condition;
  const says = describe(condition);
  switch (fact) {
    case 'keywords': {
      const part = allOf(keywordParts(params as unknown as KeywordSpec, matchers));
      return (operator === 'equal') === value ? part : negated(part);
    }
    case 'text':
      return leaf('text', textOperator(operator), folded(value), says);
    case 'contact':
      return leaf('contact', textOperator(operator), folded(value), says, { path });
    case 'local_time':
      return leaf('local_time', operator, minutesOf(String(value)), says, { params });
    case 'post': {
      const isNegative = operator === 'notEqual' || operator === 'notIn';
      const both = [leaf('post', operator, value, says), leaf('platform_post', operator, value, says)];
      return isNegative ? allOf(both) : anyOf(both);
    }
    default:
      return leaf(fact, operator, value, says, params ? { params } : {});
  }
}

/** The library's own `contains` is for lists only. */
function textOperator(operator: string): string {
  if (operator === 'contains') return 'textContains';
  return operator === 'doesNotContain' ? 'textDoesNotContain' : operator;
}

function folded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(folded);
  return typeof value === 'string' ? fold(value) : value;
}

const OPERATOR_WORDS: Readonly<Record<string, string>> = {
  equal: 'is',
  notEqual: 'is not',
  in: 'is one of',
  notIn: 'is none of',
  contains: 'contains',
  doesNotContain: 'does not contain',
  lessThan: 'is before',
  lessThanInclusive: 'is at or before',
  greaterThan: 'is after',
  greaterThanInclusive: 'is at or after',
};

function describe({ fact, operator, value, params, path }: FactCondition): string {
  const calendar = params?.['calendar'] ?? params?.['timezone'];
  const subject =
    [fact, path].filter(Boolean).join('.') + (typeof calendar === 'string' ? ` (${calendar})` : '');
  const shown = Array.isArray(value) ? value.join(', ') : String(value);
  return `${subject} ${OPERATOR_WORDS[operator] ?? operator} ${shown}`;
}

function oneOf(values: readonly string[]): string {
  const shown = values.slice(0, 8).join(', ');
  const rest = values.length > 8 ? ` and ${values.length - 8} more` : '';
  return values.length === 1 ? shown : `one of ${shown}${rest}`;
}
