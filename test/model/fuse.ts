import type { Store } from '../../src/store/ports/store.js';

/** A store whose process may crash: from a given moment on its calls have no effect. */
export interface Fuse {
  readonly store: Store;
  /** Crashes right before the n-th call from now on, counted from 1. */
  blowBefore(n: number): void;
  readonly isBlown: () => boolean;
  blow(): void;
}

export class ProcessIsGone extends Error {
  override readonly name = 'ProcessIsGone';
}

/** Earlier commits stay; later calls have no effect, as if the process had been killed in between. */
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
    // Counting calls is not a step at which a crash can occur.
    name === 'close' || name === 'countCall'
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
