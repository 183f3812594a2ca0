// A map from hashes to consecutive ids. A `Map` of numbers takes about five times as long per lookup, and a
// message has a hundred of them.

/** Consecutive ids of hashes, which are non-negative integers. */
export interface IdTable {
  readonly size: number;
  /** The id of a hash; -1 if it has none. */
  readonly idOf: (hash: number) => number;
  /** The id of a hash; assigns the next one if it has none. */
  readonly add: (hash: number) => number;
  /** The table as plain data, not copied. */
  readonly parts: () => IdTableParts;
}

/** An open hash table: the id of a hash is at the index of the hash. */
export interface IdTableParts {
  readonly hashes: Int32Array;
  readonly ids: Int32Array;
  readonly size: number;
}

const SMALLEST = 1_024;
const FREE = -1;

function emptyParts(): IdTableParts {
  return { hashes: new Int32Array(SMALLEST), ids: new Int32Array(SMALLEST).fill(FREE), size: 0 };
}

export function createIdTable(parts: IdTableParts = emptyParts()): IdTable {
  let { hashes, ids, size } = parts;

  /** The slot of a hash, or the free one where it belongs. */
  const slotOf = (hash: number): number => {
    const mask = ids.length - 1;
    let slot = hash & mask;
    while (ids[slot] !== FREE && hashes[slot] !== hash) slot = (slot + 1) & mask;
    return slot;
  };
  const grow = (): void => {
    const [oldHashes, oldIds] = [hashes, ids];
    hashes = new Int32Array(oldIds.length * 2);
    ids = new Int32Array(oldIds.length * 2).fill(FREE);
    for (let at = 0; at < oldIds.length; at += 1) {
      const id = oldIds[at] ?? FREE;
      if (id === FREE) continue;
      const hash = oldHashes[at] ?? 0;
      const slot = slotOf(hash);
      hashes[slot] = hash;
      ids[slot] = id;
    }
  };
  return {
    get size() {
      return size;
    },
    idOf: (hash) => ids[slotOf(hash)] ?? FREE,
    add(hash) {
      const slot = slotOf(hash);
      const known = ids[slot] ?? FREE;
      if (known !== FREE) return known;
      hashes[slot] = hash;
      ids[slot] = size;
      size += 1;
      if (size * 2 > ids.length) grow();
      return size - 1;
    },
    parts: () => ({ hashes, ids, size }),
  };
}
