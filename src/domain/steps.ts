/**
 * Work split into steps of a few milliseconds at most, so that the caller can do other things in between. The
 * result must not be used before the last step.
 */
export type Steps<T> = Generator<undefined, T, undefined>;

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

/** Like `map`, but yields after every `portion` items. */
export function* mapInSteps<T, R>(items: readonly T[], map: (item: T) => R, portion = 100): Steps<R[]> {
  const mapped: R[] = [];
  yield* eachInSteps(items, (item) => mapped.push(map(item)), portion);
  return mapped;
}
