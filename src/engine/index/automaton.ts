import { eachInSteps, type Steps } from '../../domain/steps.js';
import { powerOfTwo } from './chains.js';

/** Calls back for every occurrence of a pattern, with its end. A pattern may be reported several times. */
export type Automaton = (text: string, hit: (pattern: number, end: number) => void) => void;

const NONE = -1;
const ROOT = 0;
/** Number of states processed per step. */
const STATES = 2_000;
/** The largest number of entries of a table with one row per state: 2 MiB, or 4 with more than 65,536 states. */
const MOST_ENTRIES = 2 ** 20;

/** The trie of all patterns: one state per prefix, numbered in order of creation. */
interface Trie {
  readonly size: number;
  readonly parents: Int32Array;
  readonly units: Uint16Array;
  /** All states except the root, shorter prefixes first. */
  readonly order: Int32Array;
  /**
   * `ends`: the first pattern that ends at a state; `twins`: the next pattern that ends at the same state.
   */
  readonly ends: Int32Array;
  readonly twins: Int32Array;
  readonly child: (state: number, unit: number) => number;
}

/**
 * Finds all patterns in one pass, independent of their number: the automaton of Aho and Corasick (1975). A
 * small one has a row of transitions per state; for a large one these tables would take gigabytes, so its
 * transitions are hashed into flat memory. Existing libraries took 0.5 to 20 seconds to build 40,000 keywords,
 * this one a tenth of a second. No pattern may be empty.
 */
export function* createAutomaton(patterns: readonly string[], mostEntries = MOST_ENTRIES): Steps<Automaton> {
  const trie = yield* trieOf(patterns);
  yield;
  const { ends, twins } = trie;
  const classes = classesOf(trie, mostEntries);
  const [next, fails] = yield* classes === null ? hashed(trie) : inRows(trie, classes);
  /** For each state, the longest suffix of it at which a pattern ends; itself if one ends there. */
  const outs = new Int32Array(trie.size);
  const setOut = (state: number): void => {
    outs[state] = ends[state] === NONE ? (outs[fails[state] ?? ROOT] ?? ROOT) : state;
  };
  yield* eachInSteps(trie.order, setOut, STATES);

  return (text, hit) => {
    let state = ROOT;
    for (let at = 0; at < text.length; at += 1) {
      state = next(state, text.charCodeAt(at));
      for (let end = outs[state] ?? ROOT; end !== ROOT; end = outs[fails[end] ?? ROOT] ?? ROOT) {
        for (let pattern = ends[end] ?? NONE; pattern !== NONE; pattern = twins[pattern] ?? NONE)
          hit(pattern, at + 1);
      }
    }
  };
}

type Next = (state: number, unit: number) => number;

/** The state after a code unit, and for each state its longest proper suffix that is a state. */
type Moves = readonly [next: Next, fails: Int32Array];

function* hashed({ size, parents, units, order, child }: Trie): Steps<Moves> {
  const fails = new Int32Array(size);
  const step = stepper(child, fails);
  const settle = (state: number): void => {
    const parent = parents[state] ?? ROOT;
    fails[state] = parent === ROOT ? ROOT : step(fails[parent] ?? ROOT, units[state] ?? 0);
  };
  yield* eachInSteps(order, settle, STATES);
  return [step, fails];
}

/** A function of its own, so that it keeps nothing else in memory; see `rower` as well. */
function stepper(child: Trie['child'], fails: Int32Array): Next {
  return (from, unit) => {
    let state = from;
    for (;;) {
      const next = child(state, unit);
      if (next !== NONE) return next;
      if (state === ROOT) return ROOT;
      state = fails[state] ?? ROOT;
    }
  };
}

/** Numbers of the code units of all patterns; 0 for every other unit. */
interface Classes {
  readonly count: number;
  readonly of: Uint16Array;
}

/** Numbers the units, unless a table with a row for each state would be too large. */
function classesOf({ units, size }: Trie, mostEntries: number): Classes | null {
  const of = new Uint16Array(0x10000);
  let count = 1;
  for (const unit of units.subarray(1, size)) {
    if (of[unit] !== 0) continue;
    of[unit] = count;
    count += 1;
    if (size * count > mostEntries) return null;
  }
  return { count, of };
}

/** A row holds the next state for each class of units, after failed transitions as well. */
function* inRows({ size, parents, units, order }: Trie, { count, of }: Classes): Steps<Moves> {
  const fails = new Int32Array(size);
  const rows = size <= 0x10000 ? new Uint16Array(size * count) : new Int32Array(size * count);
  const children = new Int32Array(size).fill(NONE);
  const siblings = new Int32Array(size).fill(NONE);
  for (const state of order) {
    const parent = parents[state] ?? ROOT;
    siblings[state] = children[parent] ?? NONE;
    children[parent] = state;
  }
  const classOf = (state: number): number => of[units[state] ?? 0] ?? 0;
  const fill = (state: number): void => {
    const parent = parents[state] ?? ROOT;
    if (state !== ROOT) {
      const fail = parent === ROOT ? ROOT : (rows[(fails[parent] ?? ROOT) * count + classOf(state)] ?? ROOT);
      fails[state] = fail;
      rows.copyWithin(state * count, fail * count, (fail + 1) * count);
    }
    for (let each = children[state] ?? NONE; each !== NONE; each = siblings[each] ?? NONE)
      rows[state * count + classOf(each)] = each;
  };
  fill(ROOT);
  yield* eachInSteps(order, fill, STATES);
  return [rower(rows, { count, of }), fails];
}

function rower(rows: Uint16Array | Int32Array, { count, of }: Classes): Next {
  return (state, unit) => rows[state * count + (of[unit] ?? 0)] ?? ROOT;
}

function* trieOf(patterns: readonly string[]): Steps<Trie> {
  const most = patterns.reduce((sum, pattern) => sum + pattern.length, 1);
  const transitions = transitionsFor(most);
  const parents = new Int32Array(most);
  const units = new Uint16Array(most);
  const depths = new Int32Array(most);
  const ends = new Int32Array(most).fill(NONE);
  const twins = new Int32Array(patterns.length).fill(NONE);
  let size = 1;
  const add = (pattern: string, index: number): void => {
    let state = ROOT;
    for (let at = 0; at < pattern.length; at += 1) {
      const unit = pattern.charCodeAt(at);
      let next = transitions.child(state, unit);
      if (next === NONE) {
        next = size;
        size += 1;
        transitions.add(state, unit, next);
        parents[next] = state;
        units[next] = unit;
        depths[next] = at + 1;
      }
      state = next;
    }
    twins[index] = ends[state] ?? NONE;
    ends[state] = index;
  };
  yield* eachInSteps(patterns, add);
  return {
    size,
    parents,
    units,
    order: byDepth(depths.subarray(0, size)),
    ends: ends.slice(0, size),
    twins,
    child: transitions.child,
  };
}

/**
 * Hash table with open addressing, by state and code unit. The root, which is queried most, has a table of
 * its own.
 */
function transitionsFor(states: number) {
  const mask = powerOfTwo(2 * states) - 1;
  const roots = new Int32Array(0x10000).fill(NONE);
  const from = new Int32Array(mask + 1).fill(NONE);
  const by = new Uint16Array(mask + 1);
  const to = new Int32Array(mask + 1);
  const slotOf = (state: number, unit: number): number => {
    const mixed = Math.imul(state, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b);
    return (mixed ^ (mixed >>> 15)) & mask;
  };
  return {
    child(state: number, unit: number): number {
      if (state === ROOT) return roots[unit] ?? NONE;
      for (let slot = slotOf(state, unit); from[slot] !== NONE; slot = (slot + 1) & mask) {
        if (from[slot] === state && by[slot] === unit) return to[slot] ?? NONE;
      }
      return NONE;
    },
    add(state: number, unit: number, next: number): void {
      if (state === ROOT) {
        roots[unit] = next;
        return;
      }
      let slot = slotOf(state, unit);
      while (from[slot] !== NONE) slot = (slot + 1) & mask;
      from[slot] = state;
      by[slot] = unit;
      to[slot] = next;
    },
  };
}

/** All states except the root, ordered by depth, so that a state's suffix is computed before the state. */
function byDepth(depths: Int32Array): Int32Array {
  const deepest = depths.reduce((most, depth) => Math.max(most, depth), 0);
  const places = new Int32Array(deepest + 2);
  for (const depth of depths) places[depth + 1] = (places[depth + 1] ?? 0) + 1;
  for (let depth = 1; depth < places.length; depth += 1)
    places[depth] = (places[depth] ?? 0) + (places[depth - 1] ?? 0);
  const order = new Int32Array(depths.length);
  for (const [state, depth] of depths.entries()) {
    order[places[depth] ?? 0] = state;
    places[depth] = (places[depth] ?? 0) + 1;
  }
  return order.subarray(1);
}
