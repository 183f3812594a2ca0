/** Who wants to hear that something was read, decided or sent. */
export interface Changes {
  readonly tell: () => void;
  /** Returns what ends it. */
  readonly onChange: (listener: () => void) => () => void;
}

export function createChanges(): Changes {
  const listeners = new Set<() => void>();
  return {
    tell: () => {
      for (const listener of listeners) listener();
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
