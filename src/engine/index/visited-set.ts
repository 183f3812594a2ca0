/** Collects the keywords that occur, each once. */
export interface Found {
  readonly add: (key: number) => void;
  readonly has: (key: number) => boolean;
}

/** A reusable visited set over the numbers below `size`. Clearing it takes constant time. */
export interface VisitedSet {
  readonly renew: () => void;
  /** Marks a number. Returns false if it was marked already. */
  readonly mark: (index: number) => boolean;
  readonly has: (index: number) => boolean;
}

export function createVisitedSet(size: number): VisitedSet {
  const turns = new Int32Array(size);
  let turn = 1;
  return {
    renew() {
      turn = (turn + 1) | 0;
      if (turn !== 0) return;
      turns.fill(0);
      turn = 1;
    },
    mark(index) {
      if (turns[index] === turn) return false;
      turns[index] = turn;
      return true;
    },
    has: (index) => turns[index] === turn,
  };
}
