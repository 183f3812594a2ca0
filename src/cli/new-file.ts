import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Exit } from './exit.js';
import { nearPath } from './output.js';

/** Fixes by the code of the error. */
const FIXES: Readonly<Record<string, string>> = {
  EEXIST: 'name a new file, since none is overwritten',
  ENOTDIR: 'name a file in a folder; a part of this path is a file',
  EACCES: 'allow this user to write there, or name a file in another folder',
  EROFS: 'name a file on a disk that can be written',
  ENOSPC: 'free some space on the disk',
};

/**
 * Writes a file that does not exist yet, with its folders. Throws Exit with a fix if it exists or cannot be
 * written.
 */
export function writeNewFile(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    // `wx` also fails for a file that was created in the meantime.
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const fix = FIXES[code] ?? 'name a file in another folder';
    throw new Exit(1, `${nearPath(resolve(file))} cannot be written (${code}); fix: ${fix}`);
  }
}
