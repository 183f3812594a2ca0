import type { Instant } from '../domain/time.js';

/**
 * A priority queue by deadline, the earliest first: a binary heap, so the cost per event hardly depends on
 * the number of waiting items.
 */
export interface DueQueue<Item> {
  add(item: Item): void;
  /** Removes and returns the earliest item whose deadline is over by `now`; null if no item is due. */
  takeDue(now: Instant): Item | null;
}

export function createDueQueue<Item extends { readonly deadline: Instant }>(): DueQueue<Item> {
  const heap: Item[] = [];
  return {
    add(item) {
      let place = heap.length;
      while (place > 0) {
        const above = (place - 1) >> 1;
        const parent = heap[above];
        if (parent === undefined || parent.deadline <= item.deadline) break;
        heap[place] = parent;
        place = above;
      }
      heap[place] = item;
    },
    takeDue(now) {
      const [first] = heap;
      if (first === undefined || first.deadline >= now) return null;
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) sink(heap, last);
      return first;
    },
  };
}

/** Puts an item at the top and moves it below each item that is due before it. */
function sink<Item extends { readonly deadline: Instant }>(heap: Item[], item: Item): void {
  let place = 0;
  for (;;) {
    const [left, right] = [2 * place + 1, 2 * place + 2];
    const isRight = (heap[right]?.deadline ?? Infinity) < (heap[left]?.deadline ?? Infinity);
    const below = isRight ? right : left;
    const child = heap[below];
    if (child === undefined || child.deadline >= item.deadline) break;
    heap[place] = child;
    place = below;
  }
  heap[place] = item;
}
