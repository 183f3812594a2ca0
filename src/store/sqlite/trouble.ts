import { StoreError } from '../ports/store-error.js';

type Trouble = readonly [code: StoreError['code'], text: (path: string, cause: string) => string];

/**
 * Errors with their fixes, keyed by the primary result code of SQLite: SQLITE_IOERR also covers
 * SQLITE_IOERR_WRITE.
 */
const TROUBLES: Readonly<Record<string, Trouble>> = {
  SQLITE_FULL: [
    'full',
    (path) =>
      `the store at ${path} cannot be written, because the disk is full; fix: free some space. Nothing is lost in the meantime, and no restart is needed`,
  ],
  SQLITE_CORRUPT: [
    'damaged',
    (path, cause) =>
      `the store at ${path} is damaged (${cause}); fix: stop the program, keep a copy of the file, then repair it with \`sqlite3 ${path} .recover | sqlite3 repaired.db\` or go back to a backup`,
  ],
  SQLITE_NOTADB: [
    'damaged',
    (path) =>
      `the store at ${path} is not a SQLite database; fix: set another file in \`store\`, or go back to a backup`,
  ],
  SQLITE_IOERR: [
    'unreadable',
    (path, cause) =>
      `the disk under the store at ${path} fails (${cause}); fix: check the disk, and its free space`,
  ],
  SQLITE_READONLY: ['unreadable', notAllowed],
  SQLITE_CANTOPEN: ['unreadable', notAllowed],
  SQLITE_PERM: ['unreadable', notAllowed],
};

function notAllowed(path: string, cause: string): string {
  return `the store at ${path} cannot be used (${cause}); fix: give the user that runs the program write access to the file and its folder`;
}

/**
 * Converts an error of SQLite about its file or disk to a StoreError with cause and fix; returns any other
 * error unchanged.
 */
export function namedTrouble(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = Object.keys(TROUBLES).find((each) => code === each || code.startsWith(`${each}_`));
  const trouble = known === undefined ? undefined : TROUBLES[known];
  return trouble ? new StoreError(trouble[0], trouble[1](path, error.message), { cause: error }) : error;
}
