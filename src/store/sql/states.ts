/**
 * States as a list in SQL, `('ambiguous', 'accepted')`. Partial indexes are found by the same states in the same order as
 * in their migration.
 */
export function inStates(states: readonly string[]): string {
  return `(${states.map((state) => `'${state}'`).join(', ')})`;
}
