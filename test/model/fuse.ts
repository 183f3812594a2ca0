import type { Store } from '../../src/store/store.js';

/** A store whose process may die: from a moment on no call of it does anything any more. */
export interface Fuse {
  readonly store: Store;
  /** Blows right before the n-th call from now on, counted from 1. */
  blowBefore(n: number): void;
  readonly isBlown: () => boolean;
  blow(): void;
}

export class ProcessIsGone extends Error {
  override readonly name = 'ProcessIsGone';
}

/** What was committed before stays; what was asked for after is as if the process had been killed between the two. */
export function withFuse(store: Store): Fuse {
  let left = Infinity;
  let isBlown = false;
  const check = (): void => {
    left -= 1;
    if (left <= 0) isBlown = true;
    if (isBlown) throw new ProcessIsGone('killed');
  };
  const guarded = Object.entries(store).map(([name, method]) => [
    name,
    // What counts calls is no step that a crash could fall between.
    name === 'close' || ['callsSince', 'oldestCallSince', 'recordCall'].includes(name)
      ? (method as unknown)
      : async (...values: unknown[]) => {
          check();
          return (method as (...given: unknown[]) => unknown)(...values);
        },
  ]);
  return {
    store: Object.fromEntries(guarded) as Store,
    blowBefore: (n) => {
      left = n;
    },
    isBlown: () => isBlown,
    blow: () => {
      isBlown = true;
    },
  };
}
