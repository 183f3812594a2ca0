/**
 * Work split into steps of a few milliseconds at most, so that the caller can do other things in between. The
 * result must not be used before the last step.
 */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Returns true if any item passes. Yields after every `portion` items. */
export function* areAny<T>(items: readonly T[], passes: (item: T) => boolean, portion = 100): Steps<boolean> {
  for (let from = 0; from < items.length; from += portion) {
    if (from > 0) yield;
    for (let index = from; index < Math.min(from + portion, items.length); index += 1)
      if (passes(items[index] as T)) return true;
  }
  return false;
}

/** Runs all steps at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Visits each item and yields after every `portion` items. */
export function* eachInSteps<T>(
  items: Iterable<T>,
  visit: (item: T, index: number) => void,
  portion = 100,
): Steps<void> {
  let index = 0;
  for (const item of items) {
    visit(item, index);
    index += 1;
    if (index % portion === 0) yield;
  }
}

/** Like `filter`, but yields after every `portion` items. */
export function* filterInSteps<T>(
  items: readonly T[],
  isWanted: (item: T) => boolean,
  portion = 100,
): Steps<T[]> {
  const wanted: T[] = [];
  const visit = (item: T): void => {
    if (isWanted(item)) wanted.push(item);
  };
  yield* eachInSteps(items, visit, portion);
  return wanted;
}

/** Like `map`, but yields after every `portion` items. */
export function* mapInSteps<T, R>(items: readonly T[], map: (item: T) => R, portion = 100): Steps<R[]> {
  const mapped: R[] = [];
  yield* eachInSteps(items, (item) => mapped.push(map(item)), portion);
  return mapped;
}
