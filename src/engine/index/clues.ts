import {
  type Condition,
  type FactCondition,
  type KeywordSpec,
  NEXT_POST,
  type Rule,
} from '../../domain/rule.js';
import { meaningKey } from '../meaning/corpus.js';
import type { KeywordOptions } from '../text/keywords.js';
import type { ValueSet } from './values.js';

type Params = Readonly<Record<string, unknown>>;

/**
 * The part of a condition that the index can use: the same tree, with everything else as `open`. Each leaf
 * holds exactly when its condition does, or is `open`.
 */
export type Clue =
  | { readonly kind: 'keyword'; readonly keyword: string; readonly options: KeywordOptions }
  | { readonly kind: 'post'; readonly id: string }
  | { readonly kind: 'fact'; readonly fact: string; readonly params: Params; readonly in: ValueSet }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Clue[] }
  | { readonly kind: 'not'; readonly of: Clue }
  | { readonly kind: 'open' };

const OPEN: Clue = { kind: 'open' };
const NO_PARAMS: Params = {};

/** Facts with few possible values, which exclude rules before any condition is evaluated. */
const FEW_VALUES: ReadonlySet<string> = new Set([
  'kind',
  'platform',
  'account',
  'hours',
  'weekday',
  'first_contact',
  'is_reply',
]);

/** The clue of a rule's kind, platforms and accounts; many rules have the same. */
export function clueOfScope({ on, platforms, accounts }: Pick<Rule, 'on' | 'platforms' | 'accounts'>): Clue {
  const of: Clue[] = [isOne('kind', [on])];
  if (platforms.length > 0) of.push(isOne('platform', platforms));
  if (accounts.length > 0) of.push(isOne('account', accounts));
  return { kind: 'all', of };
}

/** The clue of a rule's posts, keywords, `when` and examples, joined by AND like the compiled conditions. */
export function clueOfContent({ posts, keywords, when, examples }: Rule): Clue {
  const of: Clue[] = [];
  // The index does not know which post is the `next` one.
  if (posts.length > 0 && !posts.includes(NEXT_POST)) of.push(isPost(posts));
  if (keywords) of.push(spoken(keywords));
  if (when) of.push(clueOf(when));
  if (examples) of.push(isOne('example_key', [meaningKey(examples)]));
  return { kind: 'all', of };
}

function clueOf(condition: Condition): Clue {
  if ('all' in condition) return { kind: 'all', of: condition.all.map(clueOf) };
  if ('any' in condition) return { kind: 'any', of: condition.any.map(clueOf) };
  if ('not' in condition) return { kind: 'not', of: clueOf(condition.not) };
  return ofFact(condition);
}

function ofFact({ fact, operator, value, params }: FactCondition): Clue {
  if (fact === 'keywords') {
    const says = spoken(params as unknown as KeywordSpec);
    return (operator === 'equal') === value ? says : { kind: 'not', of: says };
  }
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const isNegative = operator === 'notEqual' || operator === 'notIn' || operator === 'doesNotContain';
  const positive = ofValues(fact, operator, values, params ?? NO_PARAMS);
  return isNegative ? { kind: 'not', of: positive } : positive;
}

/** Clue of the positive operators of a fact: `equal`, `in`, `contains`. All others are open. */
function ofValues(fact: string, operator: string, values: readonly unknown[], params: Params): Clue {
  const isPart = operator === 'contains' || operator === 'doesNotContain';
  const isWhole = ['equal', 'notEqual', 'in', 'notIn'].includes(operator);
  if (fact === 'text' && (isPart || isWhole)) {
    const options = {
      match: isPart ? 'contains' : 'exact',
      typos: 0,
      caseSensitive: false,
      accents: false,
    } as const;
    return { kind: 'any', of: values.map((text) => ({ kind: 'keyword', keyword: String(text), options })) };
  }
  if (!isWhole) return OPEN;
  if (fact === 'post') return isPost(values.map(String));
  return FEW_VALUES.has(fact) ? isOne(fact, values, params) : OPEN;
}

function spoken(spec: KeywordSpec): Clue {
  const says = (keyword: string): Clue => ({ kind: 'keyword', keyword, options: spec });
  const any = spec.any.length > 0 ? [{ kind: 'any', of: spec.any.map(says) } as const] : [];
  const none = spec.none.map((keyword): Clue => ({ kind: 'not', of: says(keyword) }));
  return { kind: 'all', of: [...any, ...spec.all.map(says), ...none] };
}

/** A post matches by either of its two ids. */
function isPost(ids: readonly string[]): Clue {
  return { kind: 'any', of: ids.map((id) => ({ kind: 'post', id })) };
}

function isOne(fact: string, values: readonly unknown[], params: Params = NO_PARAMS): Clue {
  return { kind: 'fact', fact, params, in: { values: new Set(values), allBut: false } };
}
