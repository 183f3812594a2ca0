import { lstatSync, type Stats, statfsSync, statSync, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { MINUTE, type Millis } from '../domain/time.js';
import { type FileState, isYaml } from './file-states.js';

/** Watches a folder, as `fs.watch` does. */
export type WatchFolder = (
  folder: string,
  options: { readonly persistent: false },
  onEvent: (kind: string, name: string | null) => void,
) => { on(event: 'error', onError: () => void): unknown; close(): void };

export interface FolderEventsOptions {
  /** Called for each event about a watched file. */
  readonly onEvent: () => void;
  /** @default `fs.watch` */
  readonly watchFolder?: WatchFolder | undefined;
  /** A clock that is never set. */
  readonly now: () => Millis;
}

/** Events of the operating system about files. Some may be missing: on network drives, or if it cannot watch more folders. */
export interface FolderEvents {
  /**
   * Watches the folders among the paths and those of the other paths, and no others. A folder that was replaced is
   * watched anew. Returns the number of the last event. Never throws.
   */
  follow(paths: readonly string[]): number;
  /**
   * Returns true if the changed file got its name after its content, as by renaming it. All of this must be true:
   * - The file system reports all events, and the only ones since the last report are about the name.
   * - The inode changed after the content (`isMoved`). While a file is written, both times are the same, even if the
   *   kernel sends the event only at the end of the write. They are also the same if it is renamed in the same tick of
   *   the kernel's clock, up to 10 ms after the write; that is not distinguished.
   * - The name is that of the file, not of a link to it, whose events would be those of another folder.
   */
  isWhole(path: string, state: FileState): boolean;
  /** Forgets the events up to this number. */
  forget(upTo: number): void;
  close(): void;
}

/** Each watched folder takes memory of the kernel. */
const MOST_FOLDERS = 1_000;
/** Time after which a folder that could not be watched is tried again. */
const RETRY_AFTER: Millis = MINUTE;
/**
 * File systems whose files only this kernel changes, so that none of their events is missing: ext2 to 4, XFS, Btrfs,
 * tmpfs, OverlayFS, F2FS, ZFS (linux/magic.h, statfs(2)).
 */
const LOCAL = new Set([0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0xf2f52010, 0x2fc12fc1]);

interface Watched {
  readonly identity: string;
  readonly isLocal: boolean;
  close(): void;
}

export function createFolderEvents({ onEvent, watchFolder = watch, now }: FolderEventsOptions): FolderEvents {
  const watched = new Map<string, Watched>();
  const retryAt = new Map<string, Millis>();
  const notes = createNotes();
  let files = new Set<string>();

  const drop = (folder: string): void => {
    watched.get(folder)?.close();
    watched.delete(folder);
    // Events may be missing until the folder is watched again.
    notes.doubt(folder);
  };
  const note = (folder: string, kind: string, name: string): void => {
    const path = resolve(folder, name);
    // A store in the same folder causes many events.
    if (!files.has(path) && !isYaml(name)) return;
    notes.add(path, kind !== 'rename');
    onEvent();
  };
  const arm = (folder: string, identity: string): void => {
    try {
      const local = isLocal(folder);
      const watcher = watchFolder(folder, { persistent: false }, (kind, name) => {
        if (name !== null) note(folder, kind, name);
        const isOfFolder = name === null || (kind === 'rename' && name === basename(folder));
        if (!isOfFolder) return;
        // The folder may have been deleted or renamed, and the next check watches that of its name.
        drop(folder);
        onEvent();
      });
      watcher.on('error', () => {
        retryAt.set(folder, now() + RETRY_AFTER);
        drop(folder);
      });
      watched.set(folder, { identity, isLocal: local, close: () => watcher.close() });
    } catch {
      retryAt.set(folder, now() + RETRY_AFTER);
    }
  };
  return {
    follow(paths) {
      files = new Set(paths.map((path) => resolve(path)));
      const folders = foldersOf(files);
      for (const [folder, { identity }] of watched) if (folders.get(folder) !== identity) drop(folder);
      for (const [folder, identity] of folders)
        if (!watched.has(folder) && now() >= (retryAt.get(folder) ?? -Infinity)) arm(folder, identity);
      return notes.count();
    },
    isWhole(path, { isMoved }) {
      const isLocal = watched.get(dirname(path))?.isLocal === true;
      return isLocal && notes.isNamed(path) && isMoved && !isLink(path);
    },
    forget: notes.forget,
    close() {
      for (const folder of [...watched.keys()]) drop(folder);
    },
  };
}

/** Events by path, until they are forgotten. */
function createNotes() {
  /** `isWritten`: the file was changed under this name, or may have been. */
  const notes = new Map<string, { readonly number: number; readonly isWritten: boolean }>();
  let count = 0;
  return {
    count: () => count,
    add(path: string, isWritten: boolean): void {
      count += 1;
      notes.set(path, { number: count, isWritten: isWritten || notes.get(path)?.isWritten === true });
    },
    doubt(folder: string): void {
      for (const [path, each] of notes)
        if (dirname(path) === folder) notes.set(path, { ...each, isWritten: true });
    },
    /** True if the file got its name, and was not changed under it. */
    isNamed: (path: string): boolean => notes.get(path)?.isWritten === false,
    forget(upTo: number): void {
      for (const [path, { number }] of notes) if (number <= upTo) notes.delete(path);
    },
  };
}

/** The folders to watch, with what tells a folder from another one of the same name. */
function foldersOf(paths: Iterable<string>): ReadonlyMap<string, string> {
  const folders = new Map<string, string>();
  for (const path of paths) {
    if (folders.size === MOST_FOLDERS) break;
    const folder = isFolder(path) ? path : dirname(path);
    const stats = folders.has(folder) ? undefined : statOf(folder);
    if (stats?.isDirectory() === true) folders.set(folder, `${stats.dev} ${stats.ino}`);
  }
  return folders;
}

const isFolder = (path: string): boolean => statOf(path)?.isDirectory() === true;

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function isLocal(folder: string): boolean {
  return process.platform === 'linux' && LOCAL.has(statfsSync(folder).type);
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== false;
}
