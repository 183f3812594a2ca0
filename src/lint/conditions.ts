// Static analysis of the conditions in `when`, without an event.
import { type CalendarDate, WEEKDAYS } from '../domain/calendar.js';
import type { Condition, FactCondition, KeywordSpec, Rule } from '../domain/rule.js';
import { FUNNEL_STANDINGS } from '../domain/funnel.js';
import { fold } from '../engine/text/normalise.js';
import { minutesOf } from '../engine/times.js';
import { constantState } from './constant-calendar.js';
import type { LintParts } from './parts.js';

/** A condition on a fact, possibly negated. */
export interface Literal {
  readonly leaf: FactCondition;
  readonly isNegated: boolean;
}

/** Trees with more alternatives than this are not analysed. */
const MOST_ALTERNATIVES = 64;

const DAY_MINUTES = 1440;

/** All conditions on facts, with the path to each. */
export function leavesOf(
  condition: Condition | null,
  path: readonly PropertyKey[] = [],
): { readonly leaf: FactCondition; readonly path: readonly PropertyKey[] }[] {
  if (condition === null) return [];
  if ('all' in condition)
    return condition.all.flatMap((each, index) => leavesOf(each, [...path, 'all', index]));
  if ('any' in condition)
    return condition.any.flatMap((each, index) => leavesOf(each, [...path, 'any', index]));
  if ('not' in condition) return leavesOf(condition.not, [...path, 'not']);
  return [{ leaf: condition, path }];
}

/**
 * The condition in disjunctive form: alternatives, each a list of literals that must all hold. Null if there
 * are too many alternatives.
 */
export function alternatives(
  condition: Condition | null,
  isNegated = false,
): readonly (readonly Literal[])[] | null {
  if (condition === null) return [[]];
  if ('not' in condition) return alternatives(condition.not, !isNegated);
  if (!('all' in condition) && !('any' in condition)) return [[{ leaf: condition, isNegated }]];
  const children = 'all' in condition ? condition.all : condition.any;
  const below = children.map((child) => alternatives(child, isNegated));
  const isJoined = 'all' in condition !== isNegated;
  let whole: readonly (readonly Literal[])[] = isJoined ? [[]] : [];
  for (const each of below) {
    if (each === null) return null;
    whole = isJoined ? whole.flatMap((one) => each.map((other) => [...one, ...other])) : [...whole, ...each];
    if (whole.length > MOST_ALTERNATIVES) return null;
  }
  return whole;
}

/** Name of the calendar that a condition uses; '' if it uses none. */
export function calendarOf(params: FactCondition['params']): string {
  const name = params?.['calendar'];
  return typeof name === 'string' ? name : '';
}

/** Time zone in which a condition evaluates the time. */
export function zoneOf({ params }: FactCondition, { config }: Pick<LintParts, 'config'>): string {
  const timezone = params?.['timezone'];
  if (typeof timezone === 'string') return timezone;
  return config.calendars.find(({ name }) => name === calendarOf(params))?.timezone ?? 'UTC';
}

/** Subject of a fact: two conditions with the same subject see the same value. */
export function subjectOf(leaf: FactCondition, parts: LintParts): string {
  const { fact, path, params } = leaf;
  if (fact === 'contact' || fact === 'field') return `${fact}.${path ?? ''}`;
  if (fact === 'funnel' || fact === 'answered_by' || fact === 'count')
    return `${fact} ${JSON.stringify(params)}`;
  if (fact === 'hours') return `hours of ${calendarOf(params)}`;
  return fact === 'weekday' || fact === 'local_time' ? `${fact} in ${zoneOf(leaf, parts)}` : fact;
}

/** All values that the fact can have for events of the rule; null if they cannot be listed. */
export function domainOf(
  { fact, params }: FactCondition,
  { on }: Rule,
  parts: LintParts,
): readonly unknown[] | null {
  switch (fact) {
    case 'kind':
      return [on];
    case 'is_reply':
      return on === 'message' ? [false] : [false, true];
    case 'local_time':
      return Array.from({ length: DAY_MINUTES }, (_, minute) => minute);
    case 'post':
      return on === 'message' ? [''] : null;
    case 'hours': {
      const calendar = parts.config.calendars.find(({ name }) => name === calendarOf(params));
      const state = calendar && constantState(calendar, today(parts));
      return state ? [state] : ['open', 'closed'];
    }
    default:
      return SAME_FOR_ALL[fact] ?? null;
  }
}

/** Values of facts that do not depend on the rule. */
const SAME_FOR_ALL: Readonly<Record<string, readonly unknown[]>> = {
  first_contact: [false, true],
  weekday: WEEKDAYS,
  answered_by: [false, true],
  funnel: FUNNEL_STANDINGS,
};

function today({ now }: LintParts): CalendarDate {
  return new Date(now).toISOString().slice(0, 10);
}

/** Values named by the condition itself; with `equal` or `in` no others are possible. */
export function namedValues({ leaf, isNegated }: Literal): readonly unknown[] | null {
  const isPositive = isNegated ? ['notEqual', 'notIn'] : ['equal', 'in'];
  if (!isPositive.includes(leaf.operator)) return null;
  return valuesOf(leaf);
}

function valuesOf({ fact, value }: FactCondition): readonly unknown[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (fact === 'local_time') return values.map((each) => minutesOf(String(each)));
  if (fact === 'field' && typeof values[0] === 'number') return values;
  if (fact === 'text' || fact === 'contact' || fact === 'field')
    return values.map((each) => fold(String(each)));
  return values;
}

/** True if the literal holds for this value of the fact, compared as the engine does. */
export function holds({ leaf, isNegated }: Literal, value: unknown): boolean {
  return compares(leaf.operator, value, valuesOf(leaf)) !== isNegated;
}

function compares(operator: string, value: unknown, wanted: readonly unknown[]): boolean {
  const [first] = wanted;
  const [have, limit] = [Number(value), Number(first)];
  switch (operator) {
    case 'equal':
    case 'in':
      return wanted.includes(value);
    case 'notEqual':
    case 'notIn':
      return !wanted.includes(value);
    case 'contains':
      return String(value).includes(String(first));
    case 'doesNotContain':
      return !String(value).includes(String(first));
    case 'lessThan':
      return have < limit;
    case 'lessThanInclusive':
      return have <= limit;
    case 'greaterThan':
      return have > limit;
    case 'greaterThanInclusive':
      return have >= limit;
    default:
      throw new RangeError(`unknown operator ${operator}`);
  }
}

/** The keyword condition in a literal, if it is one. `isWanted` is true if the text must match it. */
export function keywordsIn({ leaf, isNegated }: Literal): { spec: KeywordSpec; isWanted: boolean } | null {
  if (leaf.fact !== 'keywords') return null;
  const isWanted = ((leaf.operator === 'equal') === leaf.value) !== isNegated;
  return { spec: leaf.params as unknown as KeywordSpec, isWanted };
}
