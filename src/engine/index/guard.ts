import { type KeywordOptions } from '../text/keywords.js';
import { fold } from '../text/normalise.js';
import type { Clue } from './clues.js';
import { complement, intersection, union, type ValueSet } from './values.js';

/** Something that the index looks for in an event. */
export type Key = Extract<Clue, { kind: 'keyword' | 'post' }>;

/** The values that a fact must have one of. */
export interface Mask {
  readonly fact: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly in: ValueSet;
}

/**
 * What must be true of every event to which a rule applies. It may be true of others too.
 * At least one of `keys` occurs (null: there is no such list), and each masked fact has one of its values.
 */
export interface Guard {
  readonly keys: readonly Key[] | null;
  /** By fact and params. */
  readonly masks: ReadonlyMap<string, Mask>;
}

const OPEN: Guard = { keys: null, masks: new Map() };

/**
 * Claim, by induction over the tree: if a clue holds (or, `negated`, does not hold) of an event, its guard is true of
 * the event. `all` needs every child, so the keys of any one child will do, the cheapest, and the masks intersect; `any`
 * needs one child, so the keys join, and a mask stays only where every child has one. A negation swaps the two. Empty
 * lists are true in json-rules-engine, `any: []` too, so they tell nothing.
 */
export function guardOf(clue: Clue, negated = false): Guard {
  switch (clue.kind) {
    case 'keyword':
    case 'post':
      return keyed(clue, negated);
    case 'fact':
      return masked(clue, negated);
    case 'not':
      return guardOf(clue.of, !negated);
    case 'open':
      return OPEN;
    case 'all':
      return joined(clue.of, negated, negated ? either : both);
    case 'any':
      return joined(clue.of, negated, negated ? both : either);
  }
}

/** That a keyword is absent tells nothing that could be looked up. */
function keyed(key: Key, negated: boolean): Guard {
  return negated || isNothing(key) ? OPEN : { keys: [key], masks: OPEN.masks };
}

function masked({ fact, params, in: values }: Mask, negated: boolean): Guard {
  const mask = { fact, params, in: negated ? complement(values) : values };
  return { keys: null, masks: new Map([[nameOf(mask), mask]]) };
}

function joined(clues: readonly Clue[], negated: boolean, join: (a: Guard, b: Guard) => Guard): Guard {
  const guards = clues.map((each) => guardOf(each, negated));
  return guards.length === 0 ? OPEN : guards.reduce(join);
}

/** Nothing visible to look for: it occurs everywhere. A pattern is asked all the same. */
function isNothing(key: Key): boolean {
  return key.kind === 'keyword' && key.options.match !== 'regex' && fold(key.keyword) === '';
}

function both(a: Guard, b: Guard): Guard {
  const masks = new Map(a.masks);
  for (const [name, mask] of b.masks) {
    const other = masks.get(name);
    masks.set(name, other ? { ...mask, in: intersection(other.in, mask.in) } : mask);
  }
  return { keys: cheaper(a.keys, b.keys), masks };
}

function either(a: Guard, b: Guard): Guard {
  const masks = new Map<string, Mask>();
  for (const [name, mask] of b.masks) {
    const other = a.masks.get(name);
    if (other) masks.set(name, { ...mask, in: union(other.in, mask.in) });
  }
  return { keys: a.keys && b.keys && [...a.keys, ...b.keys], masks };
}

function nameOf({ fact, params }: Omit<Mask, 'in'>): string {
  return `${fact} ${JSON.stringify(params)}`;
}

function cheaper(a: Guard['keys'], b: Guard['keys']): Guard['keys'] {
  if (a === null || b === null) return a ?? b;
  return costOf(a) <= costOf(b) ? a : b;
}

function costOf(keys: readonly Key[]): number {
  return keys.reduce(
    (sum, key) => sum + (key.kind === 'post' ? 1 : costOfKeyword(key.keyword, key.options)),
    0,
  );
}

/** How often a keyword may be expected to occur, beside a post: the longer the more seldom. A guess; it decides speed only. */
function costOfKeyword(keyword: string, { match, typos }: KeywordOptions): number {
  if (match === 'regex') return 50;
  if (match === 'exact') return 1;
  const short = Math.max(1, 12 - keyword.length);
  return (match === 'word' ? short : 3 * short) * (1 + typos);
}
