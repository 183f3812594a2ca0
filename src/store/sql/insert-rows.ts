import type { SqlRunner, Work } from './sql-runner.js';

/**
 * Rows per statement: each statement is a round trip to the server, and a page of a list has up to 250 rows.
 */
const AT_ONCE = 50;

export interface Target {
  readonly into: string;
  /** Columns; the first one is the key. */
  readonly columns: readonly string[];
  /** The clause `on conflict …`. */
  readonly onConflict: string;
}

export type Value = string | number | null;

/** Inserts rows, many in a statement. Returns the number of changed rows. */
export function rowInserter(
  db: SqlRunner,
  target: Target,
): (rows: readonly (readonly Value[])[]) => Work<number> {
  const one = db.prepare(statementFor(target, 1));
  const many = db.prepare(statementFor(target, AT_ONCE));
  return function* (rows) {
    // PostgreSQL refuses a statement that has a row twice.
    const isDistinct = new Set(rows.map(([key]) => key)).size === rows.length;
    let changed = 0;
    for (let from = 0; from < rows.length;) {
      const isMany = isDistinct && rows.length - from >= AT_ONCE;
      const together = rows.slice(from, from + (isMany ? AT_ONCE : 1));
      changed += (yield* (isMany ? many : one).run(...together.flat())).changes;
      from += together.length;
    }
    return changed;
  };
}

function statementFor({ into, columns, onConflict }: Target, rows: number): string {
  const row = `(${columns.map(() => '?').join(', ')})`;
  return `insert into ${into} (${columns.join(', ')}) values ${Array.from({ length: rows }, () => row).join(', ')} ${onConflict}`;
}
