/** Listeners for polls, decisions and sends. */
export interface Changes {
  readonly tell: () => void;
  /** Adds a listener. Returns a function that removes it. */
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
