import { useRef, useState } from 'preact/hooks';
import { get, useEachChange, wordsOf } from './server.js';

/** A page of rows, newest first. */
export interface Rows<T> {
  readonly rows: readonly T[];
  /** Start of the next older page; null if there are no older rows. */
  readonly before: number | null;
}

interface Numbered {
  readonly seq: number;
}

interface Shown<T> extends Rows<T> {
  readonly keyOf: (row: T) => string | number;
}

/** Maximum number of rows that an open page keeps, besides the requested ones. */
const KEPT = 500;

export interface Source<T> {
  /** Path of the newest page, without the parameter `before`. */
  readonly path: string;
  readonly keyOf: (row: T) => string | number;
  readonly rowsOf: (answer: unknown) => Rows<T>;
}

export interface Growing<T> {
  /** Rows, newest first; null if not loaded yet. */
  readonly rows: readonly T[] | null;
  readonly error: string | null;
  /** Requests older rows; null if there are no older rows. */
  readonly older: (() => void) | null;
}

/**
 * A list that grows at its head while it is open, and at its end when older rows are requested. At each change the
 * newest page is requested again, and one of the older pages in rotation, so that changed rows are updated anywhere.
 */
export function useGrowing<T extends Numbered>(source: Source<T>): Growing<T> {
  const { path, keyOf } = source;
  const { shown, show } = useShown(keyOf);
  const kept = useRef(KEPT);
  const next = useRef<number | null>(null);
  const [error, setError] = useState<string | null>(null);
  const read = (before: number | null): Promise<Rows<T>> => readPage(source, before);

  const showNewest = (page: Rows<T>): void => {
    const last = shown.current;
    if (last !== null && !isBehind(last, page)) {
      show(trimmed(renewed(last, page, Infinity), kept.current));
      return;
    }
    kept.current = KEPT;
    show(page);
  };
  /** Requests one of the older pages, in rotation. */
  const showOlder = async (first: number | null, isWanted: () => boolean): Promise<void> => {
    const from = next.current ?? first;
    const oldest = shown.current?.rows.at(-1)?.seq ?? Infinity;
    next.current = null;
    if (from === null || oldest >= from) return;
    const page = await read(from);
    if (!isWanted() || shown.current === null) return;
    show(renewed(shown.current, page, from));
    if (page.before !== null && page.before > oldest) next.current = page.before;
  };

  useEachChange(path, 0, async (isWanted) => {
    try {
      const page = await read(null);
      if (!isWanted()) return;
      showNewest(page);
      setError(null);
      await showOlder(page.before, isWanted);
    } catch (failure) {
      if (isWanted()) setError(wordsOf(failure));
    }
  });

  const older = (before: number) => async (): Promise<void> => {
    kept.current = Math.max(kept.current, (shown.current?.rows.length ?? 0) + KEPT);
    try {
      const page = await read(before);
      const last = shown.current;
      // Ignores the response to a duplicate request, or to one from before the list was reset.
      if (last?.before !== before) return;
      show({ rows: merged(last, page.rows), before: page.before });
    } catch (failure) {
      setError(wordsOf(failure));
    }
  };
  const before = shown.current?.before ?? null;
  return {
    rows: shown.current?.rows ?? null,
    error,
    older: before === null ? null : () => void older(before)(),
  };
}

/** The loaded rows, with functions that change them. */
function useShown<T extends Numbered>(keyOf: Source<T>['keyOf']) {
  const shown = useRef<Shown<T> | null>(null);
  const [, render] = useState(0);
  const show = (rows: Rows<T>): void => {
    shown.current = { ...rows, keyOf };
    render((n) => n + 1);
  };
  return { shown, show };
}

async function readPage<T>({ path, rowsOf }: Source<T>, before: number | null): Promise<Rows<T>> {
  const query = before === null ? '' : `${path.includes('?') ? '&' : '?'}before=${before}`;
  return rowsOf(await get(`${path}${query}`));
}

/**
 * True if more rows came since the last response than this response holds, for example after the machine
 * slept: joined with the loaded rows, the list would have an invisible gap.
 */
function isBehind<T extends Numbered>({ rows }: Rows<T>, { before }: Rows<T>): boolean {
  return before !== null && (rows[0]?.seq ?? 0) < before;
}

/** Replaces a page by its current rows before `below`: rows in its range that are missing now are dropped. */
function renewed<T extends Numbered>(last: Shown<T>, page: Rows<T>, below: number): Rows<T> {
  const oldest = below === Infinity ? 0 : (last.rows.at(-1)?.seq ?? 0);
  const inPage = new Set(page.rows.map(last.keyOf));
  const rows = last.rows.filter(
    (row) => row.seq >= below || row.seq < (page.before ?? 0) || inPage.has(last.keyOf(row)),
  );
  const found = page.rows.filter(({ seq }) => seq >= oldest);
  return { rows: merged({ ...last, rows }, found), before: last.before };
}

function merged<T extends Numbered>({ rows, keyOf }: Shown<T>, found: readonly T[]): readonly T[] {
  const all = new Map(rows.map((row) => [keyOf(row), row]));
  for (const row of found) {
    const known = all.get(keyOf(row));
    if (!known || known.seq <= row.seq) all.set(keyOf(row), row);
  }
  return [...all.values()].sort((a, b) => b.seq - a.seq);
}

function trimmed<T extends Numbered>({ rows, before }: Rows<T>, most: number): Rows<T> {
  if (rows.length <= most) return { rows, before };
  const kept = rows.slice(0, most);
  return { rows: kept, before: kept.at(-1)?.seq ?? null };
}
