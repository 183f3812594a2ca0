import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Steps } from '../domain/steps.js';

/** State of a file that exists. */
export interface FileState {
  /** Differs if the content may differ. */
  readonly version: string;
  readonly inode: number;
  readonly size: number;
  /** True if the file has one name, and something else than its content changed last, such as the name. */
  readonly isMoved: boolean;
}

/** States by absolute path, null for a path that does not exist; under the empty path, the list of paths. */
export type FileStates = ReadonlyMap<string, FileState | null>;

/** True for the name of a file that a folder is read for. */
export const isYaml = (name: string): boolean => /\.ya?ml$/iu.test(name);

/** States of the files, and of the YAML files in the folders. */
export function* statesOf(paths: readonly string[]): Steps<FileStates> {
  const list = { version: paths.join('\n'), inode: 0, size: 0, isMoved: false };
  const states = new Map<string, FileState | null>([['', list]]);
  for (const path of paths) yield* addState(resolve(path), states);
  return states;
}

function* addState(path: string, states: Map<string, FileState | null>): Steps<void> {
  yield;
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) {
      for (const name of readdirSync(path).filter(isYaml)) yield* addState(join(path, name), states);
      return;
    }
    const { mtimeMs, ctimeMs, size, nlink, ino: inode } = stats;
    const version = `${mtimeMs} ${size} ${inode}`;
    states.set(path, { version, inode, size, isMoved: nlink === 1 && ctimeMs > mtimeMs });
  } catch {
    states.set(path, null);
  }
}

/** Paths whose states differ. */
export function differences(before: FileStates, now: FileStates): readonly string[] {
  const paths = new Set([...before.keys(), ...now.keys()]);
  return [...paths].filter((path) => before.get(path)?.version !== now.get(path)?.version);
}
