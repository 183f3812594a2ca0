import { performance } from 'node:perf_hooks';
import { count } from './output.js';

const SHOW_AFTER = 2_000;
const SHOW_EVERY = 250;

/**
 * Shows the progress of long work on a terminal; nothing in the first two seconds, and nothing if stderr is
 * not a terminal.
 */
export function createProgress(word: string): { readonly at: (n: number) => void; readonly end: () => void } {
  const { stderr } = process;
  let shownAt = performance.now() + SHOW_AFTER - SHOW_EVERY;
  let isShown = false;
  return {
    at(n) {
      if (!stderr.isTTY || performance.now() - shownAt < SHOW_EVERY) return;
      shownAt = performance.now();
      isShown = true;
      stderr.write(`\r${count(n, word)}\u001b[K`);
    },
    end() {
      if (isShown) stderr.write('\r\u001b[K');
    },
  };
}
