import type { Steps } from '../../domain/steps.js';

/**
 * A multimap from hashes to numbers, in flat memory. A lookup returns everything stored under a hash, and
 * possibly more.
 */
export interface Chains {
  /** The first entry under the hash; -1 if none. */
  first(hash: number): number;
  /** The next entry under the same hash; -1 if none. */
  next(entry: number): number;
  /** The value stored with an entry. */
  valueOf(entry: number): number;
}

const NONE = -1;
/** Number of entries stored per step. */
const PORTION = 50_000;

/** Stores `values[i]` under `hashes[i]`. Hashes have 32 bits, all of which are compared. */
export function* chainsOf(hashes: Int32Array, values: Int32Array): Steps<Chains> {
  const mask = powerOfTwo(2 * hashes.length) - 1;
  const heads = new Int32Array(mask + 1).fill(NONE);
  const links = new Int32Array(hashes.length);
  for (let entry = hashes.length - 1; entry >= 0; entry -= 1) {
    const slot = spread(hashes[entry] ?? 0) & mask;
    links[entry] = heads[slot] ?? NONE;
    heads[slot] = entry;
    if (entry % PORTION === 0) yield;
  }
  const find = (from: number, hash: number): number => {
    let entry = from;
    while (entry !== NONE && hashes[entry] !== hash) entry = links[entry] ?? NONE;
    return entry;
  };
  return {
    first: (hash) => find(heads[spread(hash) & mask] ?? NONE, hash),
    next: (entry) => find(links[entry] ?? NONE, hashes[entry] ?? 0),
    valueOf: (entry) => values[entry] ?? NONE,
  };
}

function spread(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return mixed ^ (mixed >>> 13);
}

/** The smallest power of two that is at least `least`. */
export function powerOfTwo(least: number): number {
  let size = 8;
  while (size < least) size *= 2;
  return size;
}
