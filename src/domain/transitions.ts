/** Allowed changes of a state by one kind of step: from each state, the states that may follow. */
export type Transitions<State extends string> = Readonly<Partial<Record<State, readonly State[]>>>;

/** States that the step may leave. */
export function statesFrom<State extends string>(step: Transitions<State>): readonly State[] {
  return Object.keys(step) as State[];
}

/** States from which the step may lead to the given one. */
export function statesBefore<State extends string>(step: Transitions<State>, to: State): readonly State[] {
  return statesFrom(step).filter((from) => step[from]?.includes(to));
}
