import { useRef, useState } from 'preact/hooks';
import { get, useEachChange, wordsOf } from './server.js';

/** A page of rows, newest first. */
export interface Rows<T> {
  readonly rows: readonly T[];
  /** Older ones are among those before this; null: there are none. */
  readonly before: number | null;
}

interface Numbered {
  readonly seq: number;
}

interface Shown<T> extends Rows<T> {
  readonly keyOf: (row: T) => string | number;
}

/** A page that stays open keeps so many, and that many more than were asked for. */
const KEPT = 500;

export interface Source<T> {
  /** Without `before`. */
  readonly path: string;
  readonly keyOf: (row: T) => string | number;
  readonly rowsOf: (answer: unknown) => Rows<T>;
}

export interface Growing<T> {
  /** Newest first; null: nothing was answered yet. */
  readonly rows: readonly T[] | null;
  readonly error: string | null;
  /** Asks for older ones; null: there are none. */
  readonly older: (() => void) | null;
}

/**
 * A list that grows at its head while it is looked at, and at its end when older rows are asked for. At each change the
 * newest are asked for again, and one of the older pages that are shown, in turn: what became of a row is seen wherever
 * it stands.
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
  /** One of the pages behind the newest, each in its turn. */
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
      // It was asked twice, or the list began anew meanwhile.
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

/** The rows that are shown, and what shows others. */
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
 * Whether more came since the last answer than this one holds, after a night's sleep of the machine, say: with what was
 * shown the list would have a hole that nobody sees.
 */
function isBehind<T extends Numbered>({ rows }: Rows<T>, { before }: Rows<T>): boolean {
  return before !== null && (rows[0]?.seq ?? 0) < before;
}

/** With a page as it is now, of rows before `below`: what is in its range and not in it is not there any more. */
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
