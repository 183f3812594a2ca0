// Walks through the steps of a funnel without an event.
import type { Funnel, Step } from '../domain/funnel.js';

/** Positions of the steps that may follow. */
export function nextOf(step: Step, index: number): readonly number[] {
  switch (step.type) {
    case 'goto':
      return [step.to];
    case 'if':
      return [index + 1, step.else];
    case 'split':
      return step.branches.map(({ to }) => to);
    case 'code':
    case 'fetch':
      return [step.next, ...(step.otherwise === null ? [] : [step.otherwise])];
    case 'ask': {
      const { of = {}, other, end } = step.ask.cases ?? { other: null, end: index + 1 };
      return [...Object.values(of), other ?? end, end];
    }
    default:
      return [index + 1];
  }
}

/**
 * A value for each step that can be reached, from the values of all ways to it. Steps lie behind those that lead to
 * them, so one pass finds them.
 */
export function flow<Value>(
  { steps }: Pick<Funnel, 'steps'>,
  begin: Value,
  pass: (step: Step, index: number, value: Value, to: number) => Value,
  join: (one: Value, other: Value) => Value,
): ReadonlyMap<number, Value> {
  const at = new Map<number, Value>([[0, begin]]);
  for (const [index, step] of steps.entries()) {
    const here = at.get(index);
    if (here === undefined) continue;
    for (const to of new Set(nextOf(step, index))) {
      const value = pass(step, index, here, to);
      const known = at.get(to);
      at.set(to, known === undefined ? value : join(known, value));
    }
  }
  return at;
}
