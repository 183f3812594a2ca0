/**
 * Work that is done in steps of a few milliseconds at most, so that whoever drives it can do other things in between.
 * What it makes must not be used before it is done.
 */
export type Steps<T> = Generator<undefined, T, undefined>;

/** Does all steps at once. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Visits each item, with a step after every so many. */
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

/** The same as `map`, with a step after every so many items. */
export function* mapInSteps<T, R>(items: readonly T[], map: (item: T) => R, portion = 100): Steps<R[]> {
  const mapped: R[] = [];
  yield* eachInSteps(items, (item) => mapped.push(map(item)), portion);
  return mapped;
}
