import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Millis, SECOND } from '../domain/time.js';

export interface WatchOptions {
  readonly signal: AbortSignal;
  /** Interval of checking the files. @default one second */
  readonly every?: Millis;
}

/**
 * Yields whenever the files, or files in the folders, change: content, names, or existence. Waits until they
 * are unchanged for one tick, so that a file is not read while an editor writes it. `paths` is called at each
 * tick. Ends when the signal is aborted.
 * It polls instead of using file system events: those are missed on network drives and in containers, and
 * when a whole folder is replaced, as Kubernetes does.
 */
export async function* changes(
  paths: () => readonly string[],
  { signal, every = SECOND }: WatchOptions,
): AsyncGenerator<void> {
  let seen = stateOf(paths());
  let handled = seen;
  for (;;) {
    try {
      await wait(every, undefined, { signal });
    } catch {
      return;
    }
    const now = stateOf(paths());
    if (now === seen && now !== handled) {
      handled = now;
      yield;
    }
    seen = now;
  }
}

function stateOf(paths: readonly string[]): string {
  return paths.map((path) => pathState(path)).join('\n');
}

function pathState(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    const isFolder = statSync(path).isDirectory();
    if (!isFolder) return `${path} ${mtimeMs} ${size} ${ino}`;
    return readdirSync(path)
      .filter((name) => /\.ya?ml$/iu.test(name))
      .sort()
      .map((name) => pathState(join(path, name)))
      .join('\n');
  } catch {
    return `${path} does not exist`;
  }
}
