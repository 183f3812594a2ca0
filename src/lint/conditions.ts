// What can be proved about the conditions of `when` without knowing the event.
import { type CalendarDate, WEEKDAYS } from '../domain/calendar.js';
import type { Condition, FactCondition, KeywordSpec, Rule } from '../domain/rule.js';
import { fold } from '../engine/text/normalise.js';
import { minutesOf } from '../engine/times.js';
import { constantState } from './constant-calendar.js';
import type { LintParts } from './parts.js';

/** A condition on a fact that must hold, or must not. */
export interface Literal {
  readonly leaf: FactCondition;
  readonly isNegated: boolean;
}

/** Larger trees than this many alternatives are not looked into. */
const MOST_ALTERNATIVES = 64;

const DAY_MINUTES = 1440;

/** All conditions on facts, with the way to each. */
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
 * The condition as alternatives, each a list of literals that must hold together. Null when there are too many of them.
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

/** The name of the calendar that a condition asks; empty when it asks none. */
export function calendarOf(params: FactCondition['params']): string {
  const name = params?.['calendar'];
  return typeof name === 'string' ? name : '';
}

/** The time zone in which a condition reads the clock. */
export function zoneOf({ params }: FactCondition, { config }: Pick<LintParts, 'config'>): string {
  const timezone = params?.['timezone'];
  if (typeof timezone === 'string') return timezone;
  return config.calendars.find(({ name }) => name === calendarOf(params))?.timezone ?? 'UTC';
}

/** What a fact is about: two conditions with the same subject see the same value. */
export function subjectOf(leaf: FactCondition, parts: LintParts): string {
  const { fact, path, params } = leaf;
  if (fact === 'contact') return `contact.${path ?? ''}`;
  if (fact === 'hours') return `hours of ${calendarOf(params)}`;
  return fact === 'weekday' || fact === 'local_time' ? `${fact} in ${zoneOf(leaf, parts)}` : fact;
}

/** Every value that the fact can have in an event that the rule is asked about; null when they cannot be listed. */
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
    case 'first_contact':
      return [false, true];
    case 'weekday':
      return WEEKDAYS;
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
      return null;
  }
}

function today({ now }: LintParts): CalendarDate {
  return new Date(now).toISOString().slice(0, 10);
}

/** The values that the condition itself names; they are all that an `equal` or `in` leaves. */
export function namedValues({ leaf, isNegated }: Literal): readonly unknown[] | null {
  const isPositive = isNegated ? ['notEqual', 'notIn'] : ['equal', 'in'];
  if (!isPositive.includes(leaf.operator)) return null;
  return valuesOf(leaf);
}

function valuesOf({ fact, value }: FactCondition): readonly unknown[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (fact === 'local_time') return values.map((each) => minutesOf(String(each)));
  if (fact === 'text' || fact === 'contact') return values.map((each) => fold(String(each)));
  return values;
}

/** Whether the literal holds where the fact has this value, as the engine compares it. */
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

/** The keyword condition that a literal is, if it is one. `isWanted`: the text must fulfil it. */
export function keywordsIn({ leaf, isNegated }: Literal): { spec: KeywordSpec; isWanted: boolean } | null {
  if (leaf.fact !== 'keywords') return null;
  const isWanted = ((leaf.operator === 'equal') === leaf.value) !== isNegated;
  return { spec: leaf.params as unknown as KeywordSpec, isWanted };
}
