import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Libsql from 'libsql';
import { DAY } from '../../domain/time.js';
import { MIGRATIONS } from '../migrations/migrations.js';
import { StoreError } from '../ports/store-error.js';
import { realPath } from './real-path.js';
import { namedTrouble } from './trouble.js';

/** The used part of the library's interface; its own types are `any`. */
export interface Connection {
  prepare(sql: string): PreparedStatement;
  exec(sql: string): void;
  transaction<A extends unknown[], R>(body: (...args: A) => R): (...args: A) => R;
  close(): void;
}

export interface PreparedStatement {
  run(...values: unknown[]): { readonly changes: number; readonly lastInsertRowid: number };
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
}

/** Maximum time that a statement waits for a reader, in milliseconds. */
const BUSY_TIMEOUT = 5_000;

export interface OpenStore {
  readonly db: Connection;
  /** The real path, with symbolic links resolved. */
  readonly path: string;
  close(): void;
}

/**
 * Opens the store for its single writer, creating and migrating it. Throws StoreError `locked` if another
 * process writes to it, `linked` if one could do so under another name, `newer` if a later release migrated it,
 * `moved` if another store has replaced it, unless `evenMoved`. The lock is an exclusive transaction on a file beside the store: the operating system
 * releases it when the process dies, for whatever reason.
 */
export function openWriter(named: string, { evenMoved = false } = {}): OpenStore {
  const path = realPath(named);
  mkdirSync(dirname(path), { recursive: true });
  const lock = takeLock(path);
  try {
    forOwner(path);
    refuseHardLinks(path);
    const db = connect(path);
    if (!evenMoved) refuseMoved(db, path);
    migrate(db, path);
    return {
      db,
      path,
      close: () => {
        db.close();
        lock.close();
      },
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/**
 * Opens the store for reading beside a running writer. Throws StoreError `missing` if no store exists yet.
 * The library's own read-only flag is not reliable (0.5.29 wrote through it), so a pragma makes the
 * connection refuse writes.
 */
export function openReader(named: string): OpenStore {
  const path = realPath(named);
  if (!existsSync(path)) {
    throw new StoreError(
      'missing',
      `there is no store at ${path} yet; fix: start \`autoresponder run\`, which creates it`,
    );
  }
  const db = connect(path);
  refuseOtherVersions(db, path);
  if (version(db) < MIGRATIONS.length) {
    db.close();
    throw new StoreError(
      'missing',
      `the store at ${path} is not ready; fix: start \`autoresponder run\`, which completes it`,
    );
  }
  db.exec('pragma query_only = on');
  return { db, path, close: () => db.close() };
}

/**
 * Texts of contacts should be readable only by the user that runs the program. An existing file keeps its
 * mode, which SQLite copies to the files beside it.
 */
function forOwner(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
}

function connect(path: string): Connection {
  try {
    const db = open(path, BUSY_TIMEOUT);
    // secure_delete: deleted data is overwritten, since retention and `contacts forget` promise that it is
    // gone. FULL: a commit is on the disk when it returns; "never twice" depends on a commit before each
    // POST.
    db.exec(
      'pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma secure_delete = on;',
    );
    return db;
  } catch (error) {
    const trouble = namedTrouble(error, path);
    if (trouble instanceof StoreError) throw trouble;
    throw new StoreError(
      'unreadable',
      `the store at ${path} cannot be opened: ${messageOf(error)}; fix: check \`store\` in the configuration, and who may write there`,
      {
        cause: error,
      },
    );
  }
}

function open(path: string, timeout: number): Connection {
  return new Libsql(path, { timeout }) as unknown as Connection;
}

function takeLock(path: string): Connection {
  const lock = open(`${path}.lock`, 0);
  try {
    lock.exec('begin exclusive');
    return lock;
  } catch (error) {
    lock.close();
    throw new StoreError(
      'locked',
      `another autoresponder is using the store at ${path}; fix: stop it first, or configure another store`,
      { cause: error },
    );
  }
}

/**
 * Refuses a file with several hard links. The lock and SQLite's journal are beside one name of the file: a
 * second program that uses another name would find neither, reply to everybody again, and damage the file.
 */
function refuseHardLinks(path: string): void {
  const names = statSync(path).nlink;
  if (names <= 1) return;
  throw new StoreError(
    'linked',
    `the store at ${path} has ${names} names (hard links), and another autoresponder may be using it under another one; fix: keep only the name that \`store\` of config.yaml has (\`find / -samefile ${path}\` lists them all)`,
  );
}

function version(db: Connection): number {
  const row = db.prepare('pragma user_version').get() as { user_version: number };
  return row.user_version;
}

function refuseOtherVersions(db: Connection, path: string): void {
  const found = version(db);
  if (found > MIGRATIONS.length) {
    db.close();
    throw new StoreError(
      'newer',
      `the store at ${path} was created by a newer release (its version is ${found}, this release supports ${MIGRATIONS.length}); fix: use that release`,
    );
  }
}

function migrate(db: Connection, path: string): void {
  refuseOtherVersions(db, path);
  const found = version(db);
  if (found > 0 && found < MIGRATIONS.length) backUp(db, backupOf(path, found));
  else dropOldBackups(path);
  if (found === MIGRATIONS.length) return;
  // One transaction: a commit is a wait for the disk.
  const left = MIGRATIONS.slice(found).join(';');
  db.transaction(() => db.exec(`${left}; pragma user_version = ${MIGRATIONS.length};`))();
}

/** Marks a store as replaced by another store, because programs on both would reply to everybody twice. */
export function markMoved(db: Connection, where: string): void {
  db.transaction(() => {
    db.exec('create table moved (place text not null, at integer not null) strict');
    db.prepare('insert into moved values (?, ?)').run(where, Date.now());
  })();
}

/** Removes the mark `moved` after a failed move. */
export function unmarkMoved(db: Connection): void {
  db.exec('drop table moved');
}

export function isMoved(db: Connection): boolean {
  return (
    db.prepare("select 1 from sqlite_schema where type = 'table' and name = 'moved'").get() !== undefined
  );
}

function refuseMoved(db: Connection, path: string): void {
  if (!isMoved(db)) return;
  const { place, at } = db.prepare('select place, at from moved').get() as { place: string; at: number };
  db.close();
  const when = new Date(at).toISOString().slice(0, 10);
  throw new StoreError(
    'moved',
    `the store at ${path} was moved to ${place} on ${when}, which replaces it; fix: set that as \`store:\``,
  );
}

/**
 * Time that the backup from before an upgrade is kept: it contains what retention and `contacts forget`
 * delete.
 */
const BACKUP_KEPT = 7 * DAY;

function backupOf(path: string, found: number): string {
  return `${path}.v${found}.bak`;
}

/** Makes a complete copy of the store, or none. Throws StoreError if the disk has no room for the copy. */
function backUp(db: Connection, backup: string): void {
  const part = `${backup}.part`;
  try {
    rmSync(part, { force: true });
    forOwner(part);
    db.prepare('vacuum into ?').run(part);
    renameSync(part, backup);
  } catch (error) {
    rmSync(part, { force: true });
    db.close();
    throw new StoreError(
      'unreadable',
      `the store cannot be upgraded, because a backup cannot be created at ${backup}: ${messageOf(error)}; fix: give its disk room for a copy of the store`,
      { cause: error },
    );
  }
}

function dropOldBackups(path: string): void {
  for (let found = 1; found < MIGRATIONS.length; found += 1) {
    const backup = backupOf(path, found);
    const age = existsSync(backup) ? Date.now() - statSync(backup).mtimeMs : 0;
    if (age > BACKUP_KEPT) rmSync(backup, { force: true });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
