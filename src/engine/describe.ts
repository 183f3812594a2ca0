import type { FactCondition } from '../domain/condition.js';

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

const NUMBER_WORDS: Readonly<Record<string, string>> = {
  lessThan: 'is less than',
  lessThanInclusive: 'is at most',
  greaterThan: 'is more than',
  greaterThanInclusive: 'is at least',
};

/** Describes a condition on a fact for people: `hours (shop) is closed`. */
export function describe({ fact, operator, value, params, path }: FactCondition): string {
  const about = params?.['calendar'] ?? params?.['timezone'] ?? params?.['rule'];
  const subject = [fact, path].filter(Boolean).join('.') + (typeof about === 'string' ? ` (${about})` : '');
  const shown = Array.isArray(value) ? value.join(', ') : String(value);
  const words = typeof value === 'number' ? { ...OPERATOR_WORDS, ...NUMBER_WORDS } : OPERATOR_WORDS;
  return `${subject} ${words[operator] ?? operator} ${shown}`;
}
