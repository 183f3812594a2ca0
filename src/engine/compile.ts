import type { Condition, FactCondition, KeywordSpec, Rule } from '../domain/rule.js';
import { NEXT_POST } from '../domain/rule.js';
import {
  createHost,
  type Host,
  type NestedCondition,
  type Program,
  type TopLevelCondition,
} from './evaluate.js';
import { type Comparison, saysExamples } from './meaning/comparison.js';
import { describe } from './describe.js';
import { mapInSteps, type Steps } from '../domain/steps.js';
import { fold } from './text/normalise.js';
import { compileKeyword, firstHit, foundIn, type KeywordHit, type KeywordMatcher } from './text/keywords.js';
import type { MessageText } from './text/text.js';
import { minutesOf } from './times.js';

/** Descriptions of the conditions for people: a tree of the same shape as the compiled conditions. */
export type Description =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Description[] }
  | { readonly kind: 'not'; readonly of: Description }
  | { readonly kind: 'leaf'; readonly says: string; readonly fact: string; readonly found?: Found };

/** Says which words of the message fulfil the condition, for people; null if none does. */
type Found = (text: MessageText) => string | null;

export interface CompiledRule {
  readonly rule: Rule;
  /** Compiled on first use: most rules of a large set are never evaluated. */
  readonly parts: () => RuleParts;
}

export interface RuleParts {
  readonly program: Program;
  readonly description: Description;
  /** The keyword that matched, for `match`; null if the rule requires none. */
  readonly hit: (text: MessageText) => KeywordHit | null;
}

/** A condition of the library and its description. */
interface Part {
  readonly condition: NestedCondition;
  readonly description: Description;
}

type Compare = (name: string, wanted: unknown, more: object) => Part;
type Leaf = [fact: string, operator: string, value: unknown, says: string, more?: object];

/**
 * Tables of the operands. Conditions hold only an index into the tables, because the library clones its
 * conditions at each evaluation.
 */
interface Tables {
  readonly matchers: (readonly KeywordMatcher[])[];
  readonly lists: ReadonlySet<unknown>[];
}

/**
 * Compiles checked rules for json-rules-engine. Total: every rule that the parser accepts compiles. Empty
 * lists are left out, because the library treats `any: []` as true.
 */
export function* compileRules(
  rules: readonly Rule[],
): Steps<{ compiled: readonly CompiledRule[]; host: Host }> {
  const tables: Tables = { matchers: [], lists: [] };
  const host = createHost(operators(tables));
  yield;
  const compiled = yield* mapInSteps(rules, (rule) => {
    let parts: RuleParts | null = null;
    return { rule, parts: () => (parts ??= compileRule(rule, host, tables)) };
  });
  return { compiled, host };
}

/** Compiles one condition, with a host of its own: a run keeps its conditions when the rules change. */
export function compileCondition(condition: Condition): { readonly program: Program; readonly host: Host } {
  const tables: Tables = { matchers: [], lists: [] };
  const host = createHost(operators(tables));
  const whole = allOf([tree(condition, tables)]);
  return { program: host.program('if', whole.condition as TopLevelCondition), host };
}

function compileRule(rule: Rule, host: Host, tables: Tables): RuleParts {
  const wanted = rule.keywords ? wantedIn(rule.keywords) : null;
  const parts = [
    leaf('kind', 'equal', rule.on, `is a ${rule.on}`),
    ...scope('platform', rule.platforms, tables),
    ...scope('account', rule.accounts, tables),
    ...scopePosts(rule, tables),
    ...answersOnly(rule),
    ...(rule.keywords ? keywordParts(rule.keywords, tables, wanted ?? undefined) : []),
    ...(rule.when ? [tree(rule.when, tables)] : []),
    ...examplesPart(rule),
  ];
  const whole = allOf(parts);
  return {
    program: host.program(rule.id, whole.condition as TopLevelCondition),
    description: whole.description,
    hit: (text) => (wanted === null ? null : hitIn(wanted.either, text)),
  };
}

function hitIn(matchers: readonly KeywordMatcher[], text: MessageText): KeywordHit | null {
  return text.once(matchers, () => firstHit(matchers, text));
}

function operators({ matchers, lists }: Tables) {
  return {
    saysOneOf: (text: MessageText, index: number) => hitIn(matchers[index] ?? [], text) !== null,
    saysEachOf: (text: MessageText, index: number) =>
      (matchers[index] ?? []).every((match) => match(text) !== null),
    resembles: (value: Comparison, wanted: boolean) => value.holds === wanted,
    meansOneOf: (meant: readonly string[], index: number) =>
      meant.some((id) => lists[index]?.has(id) === true),
    meansNoneOf: (meant: readonly string[], index: number) =>
      !meant.some((id) => lists[index]?.has(id) === true),
    isOneOf: (value: unknown, index: number) => lists[index]?.has(value) === true,
    isNoneOf: (value: unknown, index: number) => lists[index]?.has(value) !== true,
    textContains: (text: string, part: string) => typeof text === 'string' && text.includes(part),
    textDoesNotContain: (text: string, part: string) => typeof text !== 'string' || !text.includes(part),
  };
}

/** A condition on a fact. `more` is its `params` or `path`, for facts that have them. */
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

function scope(fact: string, values: readonly string[], tables: Tables): Part[] {
  if (values.length === 0) return [];
  return [leaf(fact, 'isOneOf', listed(values, tables), `${fact} is ${oneOf(values)}`)];
}

function listed(values: readonly unknown[], { lists }: Tables): number {
  return lists.push(new Set(values)) - 1;
}

/** A post has two ids, the API's and the platform's; a rule may use either. */
function scopePosts({ id, posts }: Rule, tables: Tables): Part[] {
  if (posts.length === 0) return [];
  const says = `post is ${oneOf(posts)}`;
  const list = listed(posts, tables);
  const next = posts.includes(NEXT_POST) ? [leaf('next_post_of', 'contains', id, says)] : [];
  const both = [leaf('post', 'isOneOf', list, says), leaf('platform_post', 'isOneOf', list, says)];
  return [anyOf([...both, ...next])];
}

/**
 * A reply to a comment belongs to a conversation of others: comment rules skip it unless they use `is_reply`.
 */
function answersOnly(rule: Rule): Part[] {
  if (rule.on !== 'comment' || (rule.when && mentions(rule.when, 'is_reply'))) return [];
  return [leaf('is_reply', 'equal', false, 'is not a reply to another comment')];
}

function mentions(condition: Condition, fact: string): boolean {
  if ('all' in condition) return condition.all.some((each) => mentions(each, fact));
  if ('any' in condition) return condition.any.some((each) => mentions(each, fact));
  if ('not' in condition) return mentions(condition.not, fact);
  return condition.fact === fact;
}

/**
 * The condition on examples is last, so that a doubt about them is reported only if everything else holds.
 */
function examplesPart({ id, examples }: Rule): Part[] {
  if (examples === undefined) return [];
  return [leaf('examples', 'resembles', true, saysExamples(examples), { params: { rule: id } })];
}

/** The matchers of the keywords that a message may or must have. */
interface Wanted {
  readonly any: readonly KeywordMatcher[];
  readonly all: readonly KeywordMatcher[];
  readonly either: readonly KeywordMatcher[];
}

function wantedIn(spec: KeywordSpec): Wanted {
  const any = matchersOf(spec.any, spec);
  const all = matchersOf(spec.all, spec);
  return { any, all, either: all.length === 0 ? any : [...any, ...all] };
}

function matchersOf(keywords: readonly string[], spec: KeywordSpec): readonly KeywordMatcher[] {
  return keywords.map((keyword) => compileKeyword(keyword, spec));
}

function keywordParts(spec: KeywordSpec, { matchers }: Tables, { any, all } = wantedIn(spec)): Part[] {
  const part = (operator: string, compiled: readonly KeywordMatcher[], says: string): Part => {
    const index = matchers.push(compiled) - 1;
    const saysAll = spec.in === 'words' ? `${says} beside links` : says;
    const { condition, description } = leaf('message_text', operator, index, saysAll);
    const found: Found = (text) => foundIn(compiled, text);
    return { condition, description: { ...description, found } as Description };
  };
  return [
    ...(any.length > 0 ? [part('saysOneOf', any, `says ${oneOf(spec.any)}`)] : []),
    ...(all.length > 0 ? [part('saysEachOf', all, `says each of ${spec.all.join(', ')}`)] : []),
    ...(spec.none.length > 0
      ? [negated(part('saysOneOf', matchersOf(spec.none, spec), `says ${oneOf(spec.none)}`))]
      : []),
  ];
}

function tree(condition: Condition, tables: Tables): Part {
  if ('all' in condition) return allOf(condition.all.map((each) => tree(each, tables)));
  if ('any' in condition) return anyOf(condition.any.map((each) => tree(each, tables)));
  if ('not' in condition) return negated(tree(condition.not, tables));
  return factPart(condition, tables);
}

function factPart(condition: FactCondition, tables: Tables): Part {
  const { fact, operator, value, params, path } = condition;
  const says = describe(condition);
  const compare: Compare = (name, wanted, more) => {
    const comparison = COMPARISONS[operator] ?? operator;
    return leaf(name, comparison, Array.isArray(wanted) ? listed(wanted, tables) : wanted, says, more);
  };
  switch (fact) {
    case 'keywords': {
      const part = allOf(keywordParts(params as unknown as KeywordSpec, tables));
      return (operator === 'equal') === value ? part : negated(part);
    }
    case 'text':
      return compare('text', folded(value), {});
    case 'contact':
      return compare('contact', folded(value), { path });
    case 'field':
      return fieldPart(condition, compare);
    case 'meaning':
      return leaf('meaning', MEANING_OPERATORS[operator] ?? operator, listed([value].flat(), tables), says);
    case 'tags':
      // The fact `tags` is a list, and the library's own operators work on lists.
      return leaf('tags', operator, value, says);
    case 'local_time':
      return compare('local_time', minutesOf(String(value)), { params });
    case 'post':
      return ofBothPosts(operator, [compare('post', value, {}), compare('platform_post', value, {})]);
    default:
      return compare(fact, value, params ? { params } : {});
  }
}

/** A field is a text; compared with a number it is read as one. */
function fieldPart({ value, path }: FactCondition, compare: Compare): Part {
  const params = { params: { path } };
  return typeof value === 'number'
    ? compare('field_number', value, params)
    : compare('field', folded(value), params);
}

function ofBothPosts(operator: string, both: readonly Part[]): Part {
  return operator === 'notEqual' || operator === 'notIn' ? allOf(both) : anyOf(both);
}

const MEANING_OPERATORS: Readonly<Record<string, string>> = {
  equal: 'meansOneOf',
  in: 'meansOneOf',
  notEqual: 'meansNoneOf',
  notIn: 'meansNoneOf',
};

/** The library's own `contains` works on lists only, and its `in` would put the list into the condition. */
const COMPARISONS: Readonly<Record<string, string>> = {
  in: 'isOneOf',
  notIn: 'isNoneOf',
  contains: 'textContains',
  doesNotContain: 'textDoesNotContain',
};

function folded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(folded);
  return typeof value === 'string' ? fold(value) : value;
}

function oneOf(values: readonly string[]): string {
  const shown = values.slice(0, 8).join(', ');
  const rest = values.length > 8 ? ` and ${values.length - 8} more` : '';
  return values.length === 1 ? shown : `one of ${shown}${rest}`;
}
