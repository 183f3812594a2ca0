import { formatInstant } from '../domain/time.js';
import type { Instant } from '../domain/time.js';

/** Sort key of a list. Ids break ties of time. */
export interface Key {
  readonly at: Instant;
  readonly id: string;
}

export interface Page<T> {
  /** Rows of the page, newest first. */
  readonly items: readonly T[];
  /** Cursor of the next page; null on the last page. */
  readonly cursor: string | null;
}

interface PageRequest<T> {
  /**
   * Key of the row before which the page begins; null for the newest page. The row itself may no longer
   * exist.
   */
  readonly before: Key | null;
  readonly limit: number;
  readonly wants: (row: T) => boolean;
}

const CURSOR = /^(?<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)_(?<id>.+)$/u;

/** Compares rows: below 0 if `a` is older. */
export function compareKeys(a: Key, b: Key): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

/** Inserts a row into rows ordered oldest first. */
export function insertRow<T extends Key>(rows: T[], row: T): void {
  rows.splice(countBefore(rows, row), 0, row);
}

/** Removes a row from rows ordered oldest first. Does nothing if it is absent. */
export function removeRow<T extends Key>(rows: T[], row: T): void {
  const place = countBefore(rows, row);
  if (rows[place] === row) rows.splice(place, 1);
}

/** Reads one page of rows ordered oldest first. */
export function readPage<T extends Key>(rows: readonly T[], request: PageRequest<T>): Page<T> {
  const { before, limit, wants } = request;
  const items: T[] = [];
  for (let i = (before === null ? rows.length : countBefore(rows, before)) - 1; i >= 0; i -= 1) {
    const row = rows[i];
    if (row === undefined || !wants(row)) continue;
    const last = items.at(-1);
    if (items.length === limit && last !== undefined) return { items, cursor: encodeCursor(last) };
    items.push(row);
  }
  return { items, cursor: null };
}

/** Encodes the cursor of the page after a row. */
export function encodeCursor(row: Key): string {
  return Buffer.from(`${formatInstant(row.at)}_${row.id}`, 'utf8').toString('base64');
}

/** Decodes a cursor. Undefined for anything that `encodeCursor` did not write. */
export function decodeCursor(cursor: string): Key | undefined {
  const { at, id } = CURSOR.exec(Buffer.from(cursor, 'base64').toString('utf8'))?.groups ?? {};
  if (at === undefined || id === undefined || Number.isNaN(Date.parse(at))) return undefined;
  const key = { at: Date.parse(at), id };
  return encodeCursor(key) === cursor ? key : undefined;
}

/** Number of rows before the key: the index of its row, or its insertion point. */
function countBefore(rows: readonly Key[], key: Key): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = rows[middle];
    if (row !== undefined && compareKeys(row, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
