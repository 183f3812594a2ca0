import type { SqlRunner, Work } from './sql-runner.js';

export interface Target {
  readonly into: string;
  /** Columns; the first one is the key. */
  readonly columns: readonly string[];
  /** The clause `on conflict …`. */
  readonly onConflict: string;
}

export type Value = string | number | null;

/**
 * Inserts rows in one statement with one parameter: each statement is a round trip to the server, and a page of
 * a list has up to 250 rows of 25 columns. Returns the number of changed rows.
 */
export function rowInserter(
  db: SqlRunner,
  target: Target,
): (rows: readonly (readonly Value[])[]) => Work<number> {
  const { columns } = target;
  const insert = db.prepare(statementFor(target));
  const toJson = (rows: readonly (readonly Value[])[]) =>
    JSON.stringify(
      rows.map((row) => Object.fromEntries(columns.map((column, n) => [column, inJson(row[n] ?? null)]))),
    );
  return function* (rows) {
    // PostgreSQL refuses a statement that has a row twice.
    const isDistinct = new Set(rows.map(([key]) => key)).size === rows.length;
    let changed = 0;
    for (const together of isDistinct ? [rows] : rows.map((row) => [row]))
      changed += (yield* insert.run(toJson(together))).changes;
    return changed;
  };
}

/** `where true` separates the rows from `on conflict`, which SQLite takes for a join otherwise. */
function statementFor({ into, columns, onConflict }: Target): string {
  const values = columns.map((column) => `value ->> '${column}'`).join(', ');
  return `insert into ${into} (${columns.join(', ')}) select ${values} from json_each(?) where true ${onConflict}`;
}

/** PostgreSQL's JSON cannot contain the character 0 or half of a surrogate pair. */
function inJson(value: Value): Value {
  return typeof value === 'string' ? value.replace(/\0|\p{Cs}/gu, '\uFFFD') : value;
}
