import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Millis, SECOND } from '../domain/time.js';

export interface WatchOptions {
  readonly signal: AbortSignal;
  /** How often the files are looked at. @default a second */
  readonly every?: Millis;
}

/**
 * Yields each time that something about the files changes, and the files in folders: their content, their names, or
 * whether they are there. Waits until they have been the same for one look, so that a file is not read while an editor
 * writes it. `paths` is asked anew each time. Ends when the signal is aborted.
 *
 * It looks instead of asking the system for events: those are missed on network drives and in containers, and where a
 * whole folder is put in place of another, as Kubernetes does.
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
    return `${path} is not there`;
  }
}
