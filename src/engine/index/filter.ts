import type { Rule } from '../../domain/rule.js';
import { type KeywordOptions } from '../text/keywords.js';
import { fold } from '../text/normalise.js';
import { type Clue, clueOfContent, clueOfScope } from './clues.js';
import { complement, intersection, union, type ValueSet } from './values.js';

/** A keyword or post that the index looks up in an event. */
export type Key = Extract<Clue, { kind: 'keyword' | 'post' }>;

/** The allowed values of a fact. */
export interface Mask {
  readonly fact: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly in: ValueSet;
}

/**
 * Necessary condition of a rule: true for every event to which the rule applies, and possibly for others. At
 * least one of `keys` occurs (null: no such restriction), and each masked fact has one of its values.
 */
export interface IndexFilter {
  readonly keys: readonly Key[] | null;
  /** Masks, keyed by fact and params. */
  readonly masks: ReadonlyMap<string, Mask>;
}

const OPEN: IndexFilter = { keys: null, masks: new Map() };

/** Characters that `fold` keeps: most keywords begin with one. */
const VISIBLE = /^[0-9A-Za-z]/;

/**
 * Derives the filter of a clue. Invariant, by induction over the tree: if a clue holds for an event (or, if
 * `negated`, does not hold), its filter is true for the event. `all` needs every child, so the keys of any one
 * child suffice, the cheapest, and the masks intersect; `any` needs one child, so the keys are united, and a
 * mask remains only where every child has one. A negation swaps the two. Empty lists are true in
 * json-rules-engine, even `any: []`, so they restrict nothing.
 */
export function filterOf(clue: Clue, negated = false): IndexFilter {
  switch (clue.kind) {
    case 'keyword':
    case 'post':
      return keyed(clue, negated);
    case 'fact':
      return masked(clue, negated);
    case 'not':
      return filterOf(clue.of, !negated);
    case 'open':
      return OPEN;
    case 'all':
      return joined(clue.of, negated, negated ? eitherOf : bothOf);
    case 'any':
      return joined(clue.of, negated, negated ? bothOf : eitherOf);
  }
}

/** Derives the filters of rules. Rules of the same scope share its masks, unless they have masks of their own. */
export function createFilters(): (rule: Rule) => IndexFilter {
  const scopes = new Map<string, IndexFilter>();
  /** Rules saved by an earlier start share equal lists. */
  const names = new Map<readonly string[], string>();
  const nameOfList = (list: readonly string[]): string => {
    const name = names.get(list) ?? JSON.stringify(list);
    names.set(list, name);
    return name;
  };
  return (rule) => {
    const name = `${rule.on} ${nameOfList(rule.platforms)} ${nameOfList(rule.accounts)}`;
    const scope = scopes.get(name) ?? filterOf(clueOfScope(rule));
    scopes.set(name, scope);
    return both(scope, filterOf(clueOfContent(rule)));
  };
}

/** The absence of a keyword cannot be looked up. */
function keyed(key: Key, negated: boolean): IndexFilter {
  return negated || isNothing(key) ? OPEN : { keys: [key], masks: OPEN.masks };
}

function masked({ fact, params, in: values }: Mask, negated: boolean): IndexFilter {
  const mask = { fact, params, in: negated ? complement(values) : values };
  return { keys: null, masks: new Map([[nameOf(mask), mask]]) };
}

function joined(
  clues: readonly Clue[],
  negated: boolean,
  join: (filters: readonly IndexFilter[]) => IndexFilter,
): IndexFilter {
  return clues.length === 0 ? OPEN : join(clues.map((each) => filterOf(each, negated)));
}

/**
 * True if a keyword has nothing visible to search for, so it occurs everywhere. A regex is searched for
 * anyway.
 */
function isNothing(key: Key): boolean {
  if (key.kind === 'post' || key.options.match === 'regex' || VISIBLE.test(key.keyword)) return false;
  return fold(key.keyword) === '';
}

function bothOf(filters: readonly IndexFilter[]): IndexFilter {
  return filters.reduce(both);
}

/** The filter of two conditions that are both necessary. */
function both(a: IndexFilter, b: IndexFilter): IndexFilter {
  const keys = cheaper(a.keys, b.keys);
  // Most pairs have masks on one side only.
  if (a.masks.size === 0 || b.masks.size === 0)
    return { keys, masks: a.masks.size === 0 ? b.masks : a.masks };
  const masks = new Map(a.masks);
  for (const [name, mask] of b.masks) {
    const other = masks.get(name);
    masks.set(name, other ? { ...mask, in: intersection(other.in, mask.in) } : mask);
  }
  return { keys, masks };
}

/** The filter of conditions of which one is necessary. */
function eitherOf(filters: readonly IndexFilter[]): IndexFilter {
  const keys = filters.some((each) => each.keys === null) ? null : filters.flatMap((each) => each.keys ?? []);
  // Most have keys only.
  if (filters.some(({ masks }) => masks.size === 0)) return { keys, masks: OPEN.masks };
  return { keys, masks: filters.map(({ masks }) => masks).reduce(united) };
}

/** The masks that both have. */
function united(a: IndexFilter['masks'], b: IndexFilter['masks']): IndexFilter['masks'] {
  const masks = new Map<string, Mask>();
  for (const [name, mask] of b) {
    const other = a.get(name);
    if (other) masks.set(name, { ...mask, in: union(other.in, mask.in) });
  }
  return masks;
}

function nameOf({ fact, params }: Omit<Mask, 'in'>): string {
  return `${fact} ${JSON.stringify(params)}`;
}

function cheaper(a: IndexFilter['keys'], b: IndexFilter['keys']): IndexFilter['keys'] {
  if (a === null || b === null) return a ?? b;
  return costOf(a) <= costOf(b) ? a : b;
}

function costOf(keys: readonly Key[]): number {
  return keys.reduce(
    (sum, key) => sum + (key.kind === 'post' ? 1 : costOfKeyword(key.keyword, key.options)),
    0,
  );
}

/**
 * Expected frequency of a keyword, relative to a post: longer ones are rarer. An estimate that affects speed
 * only.
 */
function costOfKeyword(keyword: string, { match, typos }: KeywordOptions): number {
  if (match === 'regex') return 50;
  if (match === 'exact') return 1;
  const short = Math.max(1, 12 - keyword.length);
  return (match === 'word' ? short : 3 * short) * (1 + typos);
}
